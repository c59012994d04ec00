"""What the attributes of documents are called in a sentence, and the items of their lists."""

from __future__ import annotations

from tenon.metamodel.labels import Text

_ITEMS = """
fields|Field|字段
options|Option|选项
moves|Move|流转
checks|Check|校验
columns|Column|列
sections|Section|分区
items|Entry|条目
steps|Step|步骤
tabs|Tab|标签页
blocks|Block|区块
facts|Fact|页首字段
menu|Menu group|菜单分组
grants|Grant|授权
variants|Variant|版本
measures|Measure|指标
bands|Band|等级
caps|Cap|上下限
layout|Tile|布局格
filters|Filter|筛选
colours|Colour rule|着色规则
group_by|Group|分组
actions|Action|行动
values|Value|值
requires|Required app|依赖的应用
sample|Sample file|示例文件
then|Step|步骤
search|Searched field|搜索字段
sort|Order|排序
features|Feature|功能
keys|Key|唯一键
compare|Comparison|比较项
set|Value|赋值
lists|List|列表
outcomes|Outcome|结果
scores|Score|评分
roles|Role|角色
paths|Path|分支
"""
_KEYS = """
label|label|名称
plural|plural|复数名称
name|API name|API 名称
description|description|说明
help|help|帮助
type|type|类型
required|required|必填
read_only|read only|只读
unique|unique|唯一
default|default|默认值
min|smallest value|最小值
max|largest value|最大值
max_length|length|长度
scale|decimals|小数位
currency|currency|币种
pattern|pattern|格式
expr|expression|表达式
filter|filter|筛选
when|condition|条件
visible|shown when|显示条件
where|condition|条件
sort|order|排序
search|searched fields|搜索字段
title|title|标题字段
icon|icon|图标
colour|colour|颜色
columns|columns|列
width|width|宽度
view|view|视图
field|field|字段
entity|entity|对象
items|entries|条目
fields|fields|字段
options|options|选项
sections|sections|分区
tabs|tabs|标签页
blocks|blocks|区块
grants|grants|授权
menu|menu|菜单
layout|layout|布局
filters|filters|筛选
version|version|版本
retired|retired|停用
points|points|分值
weight|weight|权重
value|value|值
from|lower edge|下限
to|upper end|上限
missing|when data is missing|缺少数据时
bands|bands|等级
caps|caps|上下限
schedule|schedule|时间表
read|readable fields|可读字段
write|writable fields|可写字段
hide|hidden fields|隐藏字段
mask|masked fields|脱敏字段
actions|actions|操作
message|message|提示
group_by|groups|分组
shared_with|who sees it|共享范围
keys|unique together|联合唯一
personal|personal data|个人数据
on_delete|when the target is deleted|目标删除时
x|column|列位置
y|row|行位置
w|width|宽度
h|height|高度
app|app|应用
public|public form|公开表单
query|data|数据
board|board|看板
calendar|calendar|日历
gallery|gallery|画廊
tree|tree|树
timeline|timeline|时间线
gantt|Gantt chart|甘特图
cards|cards|卡片
condition|condition|条件
state|state|状态
trigger|trigger|触发
limits|limits|限制
timing|when it acts|执行时机
run_as|acts as|执行身份
role|role|角色
start|start|启动方式
exit_when|given up when|退出条件
segment|segment|分群
subject|subject|主题
body|text|正文
channel|channel|发送渠道
category|category|类别
style|format|正文格式
lists|lists|列表
steps|steps|步骤
count|number|数量
score|score|评分
band|band|等级
limit|at most|最多
compare|compared with|对比
period|period|时段
target|target|目标
headers|headers|请求头
about|about|说明对象
add|added records|新增记录
advance_days|days later|推进天数
advance_hours|hours later|推进小时数
after_hours|after hours|经过小时数
alert|alert|预警
allowed|allowed|允许
amount|amount|金额
approvers|approvers|审批人
apps|apps|应用
as_of|as of|截至
assign_to|assigned to|指派给
at|at|时间
at_least|at least|至少
at_most|at most|至多
builds|may build|可搭建
business_hours|working hours only|仅工作时间
button|button|按钮
buttons|buttons|按钮
by|by|按
by_percent|by percent|按百分比
cap|frequency limit|频次上限
capacity|capacity|容量
held_by|whose it is|归属字段
card|card|卡片
cause|cause|原因
cc|copied to|抄送
checks|checks|校验
choices_where|choices limited to|可选范围
clock|clock|时钟
colours|colour rules|着色规则
confirm|question before|操作前确认
connector|connector|连接器
cooldown_hours|pause in hours|冷却小时数
coverage|coverage|覆盖率
create|new record|新建记录
cron|schedule|时间表
dashboard|dashboard|仪表盘
days|days|天数
decide|decides by itself|自动决定
decides|decides alone|直接判定
direction|direction|方向
discount|discount rate|折现率
do|deed|操作
down|downwards|下降
due|due|截止时间
due_hours|due after hours|处理时限（小时）
editable|editable fields|可编辑字段
empty|empty|为空
en|English|英文
enrol|enrolment|加入方式
entities|entities|对象
escalate|escalation|升级
escalate_to|escalated to|升级给
event|event|事件
existing|records that are there|已有记录
expect|expected|预期
expires_days|expires after days|有效天数
expression|expression|表达式
facts|header fields|页首字段
features|features|功能
figures|figures|数值
file|file|文件
first|first|首次
for|for|适用于
forecasts|forecasts|预测
foresees|what it foresees|预见对象
form|form|表单
format|format of the document|文档格式
fri|Friday|周五
frozen|frozen|冻结
given|given|前提
grace_days|days of grace|宽限天数
group|group|维度
header|header|页首
holidays|holidays|节假日
horizon_days|days ahead|预测天数
how|how|方式
id|id|标识
image|image|图片
index|indexed|索引
is_default|default|默认
is_wanted|wanted|期望发生
keep|kept|保留
keep_in|kept in|保存于
kind|kind|种类
last|last|末次
level|level|级别
make_new|makes new records|新建记录
manager_of|manager of|其主管
manual|entered by hand|手工填写
margin|margin|缓冲
match|matched by|匹配方式
match_on|matched by|匹配字段
max_age_days|stale after days|过期天数
max_mb|largest size in MB|最大大小（MB）
max_step|largest step|最大变动
may|may|可以
measures|measures|指标
method|method|方法
min_coverage|least coverage|最低覆盖率
min_dwell_days|least days in a band|最短停留天数
mode|mode|方式
mon|Monday|周一
months|months|月数
movement|movement|变动限制
moves|moves|流转
needs|needs|所需数据
of|of|属于
offset_days|days before or after|提前或延后天数
on_due|when overdue|逾期时
on_stale|when data are stale|数据过期时
once|once|一次
once_per|once per|每次限一次
open_when|counted as open when|视为未完成的条件
optional|optional apps|可选应用
or_after|or after|或经过
order|order|顺序
outcome|outcome|结果
outcomes|outcomes|结果
parent|parent|上级
paths|branches|分支
people|people|人员
period_days|days of a period|周期天数
person|person|人员
place|place|位置
playbook|playbook|行动手册
priority|priority|优先级
purchases|purchases|购买记录
purpose|purpose|用途
quiet_hours|quiet hours|免打扰时段
realtime|in real time|实时计算
reason|reason|原因
record|record|记录
records|records|记录
reject|when rejected|驳回时
rejected|steps when rejected|驳回后的步骤
relation|relation|关联
remind|reminder|提醒
reply_to|reply to|回复地址
requires|requires|必需
reverse|the other way|反向关联
robot|robot|机器人
roles|roles|角色
sample|sample|示例
sample_days|days of the sample|示例天数
sat|Saturday|周六
schema|schema|结构
scores|scores|评分
secrets|secrets|密钥
sender|sender|发件人
set|values|赋值
shadow|shadow score|影子评分
share|share|比例
shown_as|shown as|显示为
signed|signed|签名
signed_with|signed with|签名密钥
since|since|起始时间
skip_existing|leaves out what is there|跳过已有记录
slug|address|地址
spent|amount spent|消费金额
stage|stage|阶段
sun|Sunday|周日
table|table|子表
tags|tags|标签
take|what is taken|取值
text|text|文本
thanks|thanks|致谢语
then|steps|步骤
thu|Thursday|周四
time_field|time field|时间字段
times|times|次数
total|total|合计
timezone|time zone|时区
trend_days|days of the trend|趋势天数
tue|Tuesday|周二
types|types|类型
unit|unit|部门
until|until|直到
up|upwards|上升
url|address|地址
use_when|used when|使用条件
user|person|人员
value_at_risk|value at risk|风险金额
values|values|值
variants|variants|版本
wait|waits|等待
webhook|webhook|Webhook
wed|Wednesday|周三
week|week|一周
why|what it is for|用途说明
widget|widget|组件
within_days|within days|天数内
words|known words|常用词
workflow|workflow|流程
working_days|working days|工作日
zh|Chinese|中文
auth|who calls|身份验证
base_url|address|地址
client_id|client|客户端编号
conflict|who wins|冲突策略
connection|connection|连接
mapping|fields and columns|字段与列
overlap_seconds|overlap|重叠秒数
page|pages|翻页
param|parameter|参数
params|parameters|参数
path|path|路径
push|what is pushed|推送
record_path|path of a known record|修改路径
scope|scope|权限范围
secret|secret|密钥
size|records a page|每页记录数
size_param|parameter of the size|每页记录数的参数
source|what is pulled|拉取
system|system|系统
timeout_seconds|longest call|单次最长秒数
token_url|where tokens are fetched|令牌地址
update|changed by|修改方法
merge_from|merged from|自动合并起点
propose_from|proposed from|提示起点
"""
ITEMS = {key: Text(en, zh) for key, en, zh in (line.split("|") for line in _ITEMS.strip().splitlines())}
KEYS = {key: Text(en, zh) for key, en, zh in (line.split("|") for line in _KEYS.strip().splitlines())}
