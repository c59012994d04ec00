"""What every attribute and part of a document is for, in both languages; by ``Part.attribute`` where one name has several meanings."""

from __future__ import annotations

from tenon.metamodel.reference_sync_words import LINES as SYNC
from tenon.metamodel.reference_work_words import LINES as WORK

_LINES = """
id|Its stable id; left out, the item is matched by name|稳定的 id；不填则按名称匹配
kind|The kind of document|文档种类
name|The API name|API 名称
app|The app it belongs to|所属应用
label|What people read; left out, the name|显示名称；不填则显示 name
description|What it is for|用途说明
format|The format of the document|文档格式
version|The version|版本
Requirement.version|The oldest version that will do|最低版本
requires|Apps that have to be there|必需的应用
Move.requires|Fields that have to be filled in|流转前须填写的字段
optional|Apps whose fields are empty when they are not there|可选应用，缺少时其字段为空
menu|The menu of the app|应用菜单
sample|Sample data in the package|示例数据
sample_days|For how many days back scores are computed once the sample data is there|示例数据载入后向前计算评分的天数
icon|The name of an icon|图标名称
items|What is in it, in this order|按顺序排列的内容
view|A view|视图
dashboard|A dashboard|仪表盘
entity|The entity|对象
file|The file in the package|包内文件
layout|Widgets and where they lie|组件及其位置
needs|Records the widgets live on, named on the dashboard while there are none|组件所依赖的记录；尚无记录时在仪表盘上提示
Need.entity|What they are|记录所属对象
why|What they are for|用途
filters|Filters above all widgets|所有组件共用的筛选
roles|For whom|适用角色
widget|A widget|组件
x|The column, from 0|列位置，从 0 开始
y|The row, from 0|行位置，从 0 开始
w|The width in columns|宽度（列数）
h|The height in rows|高度（行数）
field|The field|字段
period|The period it begins with|初始时间范围
Movement.period|How long a period is|周期长度
plural|The label of many|复数名称
title|The field that names a record|作为记录标题的字段
search|The fields that are searched|参与搜索的字段
time_field|The date that first, last and time series go by|用于排序先后与时间序列的日期字段
keys|Sets of fields that are unique together|联合唯一的字段组
features|What its records have besides|附加功能
fields|The fields|字段
checks|Conditions that refuse a record|拒绝记录的校验
when|The condition under which it applies|适用条件
message|What people are told|提示信息
use_when|When it is used; the first that holds is taken|使用条件，取第一个满足的
sections|The sections|分区
Step.sections|Positions of the sections it shows, from 0|显示的分区序号，从 0 开始
steps|A form in several steps|分步填写
public|Open to anybody with the address|公开表单
columns|The columns|列
Section.columns|How many columns side by side|并排列数
visible|When it is shown|显示条件
width|How wide it is|宽度
help|A help text|帮助说明
required|Whether it has to be filled in|是否必填
read_only|Whether it can only be read|是否只读
choices_where|Which choices are offered|可选项的筛选条件
default|The value of new records|新记录的默认值
text|The text|文本
table|A to-many relation|一对多关系
slug|The end of the address|网址末段
match_on|Fields that find the record there is|用于匹配已有记录的字段
thanks|What is said afterwards|提交后的感谢语
header|What is at the top|页首内容
tabs|The tabs|标签页
facts|Fields at the top|页首字段
Header.buttons|Rules whose buttons stand at the top, not in the menu|按钮显示在页首（而非菜单）的规则
scores|Scores at the top|页首评分
blocks|The blocks|区块
type|The type|类型
score|A score|评分
form|A form|表单
relation|A to-many relation|一对多关系
grants|What its people may do|授权
apps|Apps it opens|可用应用
builds|Whether its people build|是否可以搭建
actions|What is allowed|允许的操作
where|The records it is about|适用的记录
read|Fields that may be read|可读字段
write|Fields that may be written|可写字段
mask|Fields shown masked|脱敏字段
hide|Fields that are hidden|隐藏字段
purpose|What it is for; one score an entity and purpose|用途，每个对象每种用途一个评分
scale|Decimals|小数位数
ScoreKind.scale|The lowest and the highest value|最低与最高分
trend_days|The trend is against the value this many days ago|趋势对比的天数
min_coverage|Below it there is no band|低于此覆盖率时无等级
schedule|When the full run is, as cron|完整计算的时间（cron）
realtime|Whether changes count at once|是否实时计算
shadow|Computed beside the score that counts|仅供对比的影子评分
variants|Measures by condition, the default last|按条件区分的版本，默认版本在最后
caps|Ceilings and floors|上限与下限
bands|Bands with rising edges|等级，下限依次递增
Measure.bands|Shares with falling edges|区间得分，下限依次递减
movement|When a band may change|等级变动规则
foresees|What it is to foresee|需要预见的结果
Foresight.outcome|The condition that the outcome came|结果发生的条件
Forecast.outcome|The condition that the outcome came|结果发生的条件
horizon_days|So many days later the outcome is looked at|多少天后观察结果
forecasts|What is forecast for its records|预测项
keep_in|The entity that keeps the forecasts|保存预测的对象
Forecasts.schedule|When they are made, as cron|预测的时间（cron）
Forecasts.items|The forecasts|预测列表
method|How it is forecast|预测方法
purchases|How many purchases there were|购买次数
Forecast.first|The day of the first purchase|首次购买日期
Forecast.last|The day of the last purchase|最近购买日期
spent|What the repeat purchases brought|复购金额合计
Forecast.since|The day it began|开始日期
Forecast.until|The day it ended, empty while it goes on|结束日期，仍在时为空
Forecast.amount|What a period brings|每期金额
period_days|How long a period is|每期天数
months|How far ahead, in months|预测月数
Forecast.discount|What later money loses a month|每月折现率
is_wanted|High scores stand for the outcome, not against it|高分代表该结果会发生
Foresight.schedule|When it is looked at how well it foresees, as cron|校准的时间（cron）
measures|The measures|指标
group|The group it is shown in|所属分组
points|Points; never beside weights|分值，不与权重混用
weight|Weight; a ratio|权重（比例）
value|A share from 0 to 1|0 到 1 的得分率
of|What the bands look at|区间所依据的数值
manual|A rating by a person|人工评分
expires_days|Days until the rating lapses|评分有效天数
missing|What a missing input counts|缺少数据时的处理
needs|What has to hold for there to be data|视为有数据的条件
max_age_days|Days until data is stale|数据过期天数
as_of|The day of the newest data; left out, the newest of the rows it reads|最新数据的日期，不填则取所读记录的最新日期
from|The lower edge, which belongs to it|下限（含）
Calendar.from|The first day|开始日期
Move.from|The stage it starts from, several, or *|起始阶段，可多个或 *
share|The share of the points|得分率
at_most|The ceiling|上限
at_least|The floor|下限
colour|The colour|颜色
up|When a band may rise|升级时机
down|When a band may fall|降级时机
keep|What it takes to stay, by band|各等级的保级条件
grace_days|Days of grace|宽限天数
margin|By how much an edge has to be passed|越过下限所需的幅度
min_dwell_days|Days a band stays at least|最短停留天数
max_step|Bands a change may pass at once|一次最多变动的等级数
on_stale|Whether stale data moves a band|数据过期时是否变动
filter|The condition of the records|筛选条件
mode|Kept fresh, or as it was when made|动态或固定
sort|The order; - turns it round|排序，- 表示降序
group_by|What to group by|分组
board|Of the type board|看板设置
calendar|Of the types calendar, timeline, gantt|日历、时间线、甘特图设置
gallery|Of the type gallery|画廊设置
tree|Of the type tree|树形设置
colours|Colours by condition|按条件着色
shared_with|Who sees it|共享范围
frozen|Whether it stays at the left|是否冻结在左侧
total|What is said in all of it, below the list and in its groups; left out, the sum of amounts and counts, the average of other numbers|列表底部和分组行中的汇总；不填则金额与数量求和、其他数值求平均
by|The field of the lanes|泳道字段
Group.by|The period of dates|日期分组粒度
card|Fields on a card|卡片字段
to|The last day|结束日期
Comparison.to|What it is held against|对比对象
Move.to|The stage it leads to|目标阶段
image|The picture|图片字段
parent|The reference to the parent|指向上级的引用
query|The question|查询
compare|What the number is held against|对比
target|The target|目标值
options|The options|选项
WidgetKind.options|Settings of the chart|图表设置
limit|How many rows at most|最多行数
expr|The expression|表达式
unique|Whether no two records have the same value|是否唯一
personal|Personal data: masked, exported and erased on request|个人数据：可脱敏、导出、删除
index|Whether it is indexed besides|是否额外建立索引
entities|The entities it may point to|可指向的对象
on_delete|What happens when the target is deleted|目标被删除时的处理
reverse|The to-many side at the target|目标一侧的一对多关系
pattern|The pattern of the value|值的格式
AutonumberSpec.pattern|Text, {yyyy} {mm} {dd}, and digits such as {00001}|文本、{yyyy} {mm} {dd} 与 {00001} 形式的编号
retired|Whether it can no longer be chosen|是否已停用
min|The smallest value|最小值
max|The largest value|最大值
types|File types|文件类型
max_mb|The largest size in MB|最大 MB 数
actions|What to do next: the first for which there is something to do is shown|下一步行动，显示第一个满足条件的
NextAction.when|The condition on the records of the relation, or on the record itself|对关联记录（或本记录）的条件
NextAction.sort|Which record comes first|哪条记录优先
NextAction.facts|Fields that are shown beside|一并显示的字段
reason|Why|原因
button|The button that does it; left out, it opens the record|执行按钮；不填则打开记录
set|Fields that are set|要设置的字段
create|The record that is made|要新建的记录
values|Fields of the new record|新记录的字段值
SetValue.value|An expression of the record found|对该记录求值的表达式
NewValue.value|An expression of the record of the page|对页面记录求值的表达式
schema|A JSON Schema without references|不含引用的 JSON Schema
max_length|The most characters|最多字符数
words|Labels of values that are known, such as codes of another system; any other text is taken as well|已知值的标签，如外部系统的代码；其他文本也可填写
shown_as|`percent`: 0.3 is read as 30%; `numbers`: numbers in a text are grouped as the reader writes them|`percent`：0.3 显示为 30%；`numbers`：文本中的数字按读者语言的格式显示
currency|The currency|币种
moves|The moves that are allowed|允许的流转
given|How the story begins|初始情况
then|What happens, step by step|后续步骤
clock|The day or the moment it begins|开始的日期或时刻
people|Who is there, by name|人员，按名称列出
records|Every record there is, by entity; `as` names one that has no title, references name records, users name people|全部记录，按对象列出；没有标题的记录用 `as` 命名，引用写记录名称，人员写人员名称
Person.unit|The unit they belong to|所属部门
advance_days|How many days pass first|先经过的天数
advance_hours|How many hours pass besides|另外经过的小时数
do|What somebody does to records that are found by a condition, also to those that rules made|对符合条件的记录（包括规则创建的记录）执行的操作
Deed.entity|Whose records|记录所属的对象
Deed.filter|Which of them; at least one there has to be|哪些记录，至少应有一条
Deed.set|Fields and their values|字段及其值
Counted.entity|Whose records|记录所属的对象
Counted.filter|Which of them count|计入的条件
Counted.count|How many there have to be|应有的数量
Expect.records|How many records of an entity there are, also of those that rules made|某对象的记录数量（包括规则创建的记录）
StoryStep.set|Fields that change: entity, record, field|要修改的字段：对象、记录、字段
StoryStep.add|Records that come, by entity|新增的记录，按对象列出
expect|What has to be true then|此时应满足的期望
record|The record, by its name in the story|记录在场景中的名称
Expect.score|The score|评分
band|The band; "" for none|等级；"" 表示没有
coverage|The coverage, 0 to 1|数据覆盖率，0 到 1
Expect.entity|The entity of the record, where several records have that name|记录的对象（同名时需要）
Expect.value|The score, or the value of the field|分值，或字段的值
Expect.field|The field that is looked at|要检查的字段
empty|Whether there is no value|是否没有值
role|A stranger with this role alone|仅具有此角色的陌生人
person|A person of the story|场景中的人员
may|What they may do|可执行的操作
allowed|Whether they may|是否允许
RuleKind.entity|The entity whose records it is about|规则所针对的对象
trigger|What wakes it|触发方式
timing|Whether it runs before the record is stored, or after|在保存之前还是之后执行
condition|The condition that has to hold besides|还须满足的条件
RuleKind.actions|What it does, one after the other|依次执行的动作
limits|How often it may act, and when|执行次数与时间限制
run_as|Who acts: the platform, the person who caused it, the owner of the record, or the one role that role names|以谁的身份执行：系统、触发者、记录负责人，或由 role 指定的角色
RuleKind.role|The role whose rights are all that it has, with run_as role|run_as 为 role 时，仅拥有此角色的权限
WorkflowKind.role|The role whose rights are all that it has, with run_as role|run_as 为 role 时，仅拥有此角色的权限
RuleKind.order|Rules on one event run by this, then by name|同一事件的规则按此顺序、再按名称执行
RuleKind.state|active, log_only (noted, nothing done) or paused|启用、仅记录（不执行）或暂停
once_per|Once for a record, each time the condition becomes true, or a day|每条记录一次、每次条件成立一次或每天一次
cooldown_hours|So long it does not act again for a record|同一记录在此时长内不再执行
quiet_hours|Hours in which it waits|静默时段，期间等待
Quiet.from|When they begin|开始时间
Quiet.to|When they end|结束时间
BandChanged.from|The bands before; none means any|变化前的等级，不填为任意
BandChanged.to|The bands after; none means any|变化后的等级，不填为任意
direction|up or down|上升或下降
by_percent|By how many hundredths of what it was|下降的百分比
within_days|Within how many days|多少天之内
offset_days|So many days after that day; negative means before|该日期之后的天数，负数为之前
at|The time of the day|一天中的时间
NoActivity.days|So many days without|无活动的天数
NoActivity.relation|The records that are waited for|等待的关联记录
event|The name of a usage event|使用事件名称
Event.where|The condition on the event|对该事件的条件
channel|By which channel; none means any. `comment` is a comment that is not internal|渠道，不填为任意；`comment` 表示非内部评论
url|The address that is called|调用的地址
webhook|A webhook of the workspace, by its name|工作区中的 Webhook 名称
method|How it is called|请求方法
headers|Headers of the call|请求头
secrets|Headers whose values are secrets of the operator, by their names|值取自运维密钥的请求头
signed_with|The secret that the call is signed with, after Standard Webhooks|用于按 Standard Webhooks 签名的密钥
CallWebhook.body|What is sent: names and the expressions of their values; without it the entity and the id|发送内容：名称及取值表达式；不填则发送对象与 id
match|How the record is found; left out, none is|记录的查找方式；不填则不查找
place|Where the value stands in what is sent, such as data.customer.email|值在请求内容中的位置，如 data.customer.email
take|Fields that get what is sent|取自请求内容的字段
make_new|Whether a record is made where none is found|找不到记录时是否新建
signed|Whether calls have to be signed after Standard Webhooks|是否要求按 Standard Webhooks 签名
Webhook.sample|A sample of what is sent|请求内容示例
once|It acts once each time, for the first record that fits|每次只执行一次，针对首条满足条件的记录
cron|When, as five fields of cron|时间（cron 五段式）
confirm|What is asked before|执行前的确认提示
Updated.fields|The fields whose change wakes it; none means all that people write|哪些字段变化时触发，不填为所有可填写字段
SetFields.fields|Fields and the expressions of their values|字段及其取值表达式
CreateRecord.fields|Fields of the new record and the expressions of their values|新记录的字段及其取值表达式
UpdateRecords.fields|Fields of those records and the expressions of their values|这些记录的字段及其取值表达式
Refuse.fields|The fields at which it is said|提示所在的字段
how|How one of several is chosen: in turn, who has least, or the first|多人时的选择方式：轮流、最少、第一个
open_when|Which records count as load|哪些记录计入负载
capacity|More than so many nobody gets|每人上限
assign_to|Whose it is|负责人
due|By when it is to be done|截止时间
priority|How urgent it is|优先级
alert|The type of alert|预警类型
level|How urgent it is|紧急程度
value_at_risk|What could be lost|受影响金额
outcome|What became of it|结果
cause|What it came from|原因分类
tags|The entries|标签
manager_of|The manager of the person in this field|该字段人员的上级
unit|The people of this unit and those below|该部门及下级部门的人员
user|Somebody, by e-mail|指定人员（邮箱）
ValueFell.by|By how much it fell|下降的数值
UpdateRecords.where|Which of them; without it all|筛选条件，不填为全部
Notify.to|Who is told|通知对象
Assign.to|Among whom|候选人员
Whom.role|The people of this role|该角色的人员
Addressee.role|The people of this role|该角色的人员
channel|How it goes out|发送渠道
subject|The subject, a template|主题模板
body|The text, a template|正文模板
en|In English|英文
zh|In Chinese|中文
lists|Lists of related records that the texts go over|正文中逐行列出的相关记录列表
MessageList.name|What the texts call it|在正文中的名称
MessageList.relation|The relation whose records it holds|所列记录的关系
MessageList.where|Which of them; without it all|筛选条件，不填为全部
MessageList.sort|In which order, a minus for falling|排序，减号为降序
MessageList.limit|How many at most|最多条数
style|Whether the text of mail is plain or HTML|邮件正文为纯文本还是 HTML
category|Whether it is part of the business or marketing, which needs consent|事务性或营销性，营销性须经同意
sender|Whom mail seems to come from|邮件发件人
Sender.name|The name beside the address of the workspace|工作区地址旁显示的名称
reply_to|Where answers go|回复地址
connector|The connector that sends SMS|发送短信的连接器
robot|The kept secret with the address of a group's robot|保存群机器人地址的密钥名称
SendMessage.message|The message|消息
SendMessage.to|Who gets it; nobody for a group's robot|接收方，群机器人无需填写
Notify.text|What it says besides the title|标题之外的内容
WorkflowKind.entity|The entity whose records go through it|流程所针对的对象
WorkflowKind.type|A process, an approval, or a journey that a record takes once at a time|流程、审批或旅程（同一记录同时只进入一次）
WorkflowKind.steps|The steps, one after the other|依次执行的步骤
WorkflowKind.calendar|The calendar of its business hours|工作时间所用的日历
WorkflowKind.state|active, or paused: nothing starts then, what runs goes on|启用，或暂停（不再启动，已运行的继续）
start|What starts it; left out, only rules and calls do|启动方式；不填则仅由规则或接口启动
exit_when|When it is given up, looked at before every step|退出条件，每一步之前检查
enrol|Whom a journey takes by itself|旅程自动纳入的对象
segment|A segment|分群
existing|Whether those are taken who are in it already when it is published|发布时是否纳入已在分群内的记录
cap|How often a record may be reached over all journeys|同一记录在所有旅程中的触达上限
times|How often|次数
days|Within how many days|天数
paths|The paths|路径
BranchPath.when|When it is taken; left out, whenever those before it are not|进入条件；不填则在前面的路径都不满足时进入
BranchPath.steps|Its steps|该路径的步骤
ParallelPath.steps|Its steps|该路径的步骤
Parallel.wait|Whether all paths have to end, or any|等待全部路径还是任一路径
ForEach.steps|The steps for each, read in the record of the relation|对每条关联记录执行的步骤
ForEach.where|For which of them; without it all|筛选条件，不填为全部
workflow|A workflow|流程
Subflow.wait|Whether it waits until that has ended|是否等待其结束
for|How long|时长
business_hours|Whether only the hours of the calendar count|是否只计工作时间
until|The time until which it waits|等到的时间
Wait.when|The condition it waits for|等待的条件
event|The event it waits for, by name|等待的事件名称
or_after|The way out when that takes too long|超时后的处理
OrAfter.steps|What is done then|超时后执行的步骤
Task.title|What people read of it|任务标题
Form.title|What people read of it|任务标题
Approval.title|What people read of it|任务标题
Task.outcomes|How it may go|可能的结果
Outcome.steps|What is done then|对应执行的步骤
due_hours|Within how many hours|期限（小时）
on_due|What happens when the time is over|超时处理
remind|Whether whose it is is reminded|是否提醒负责人
escalate_to|Who gets it then|升级给谁
decide|The outcome it gets by itself|自动得出的结果
approvers|Who decides|审批人
Approval.mode|any (one is enough), all, vote (a share of them), or sequence (one after the other)|any 或签，all 会签，vote 票签，sequence 依次
Approval.share|Of a vote: which share has to approve; left out, more than half|票签时须同意的比例；不填为过半数
editable|Fields that those who decide may change|审批人可修改的字段
reject|What happens when they reject: end, or back_to: and the id of an earlier step|驳回后的处理：end 结束，或 back_to: 加退回步骤的 id
rejected|What is done when they reject|驳回时执行的步骤
cc|Who is told|抄送对象
Whom.expression|An expression that names a person|表示人员的表达式
Addressee.expression|An expression that names a person|表示人员的表达式
"""
WORDS: dict[str, tuple[str, str]] = {key: (en, zh) for key, en, zh in (line.split("|") for line in (_LINES.rstrip() + WORK.rstrip() + SYNC).strip().splitlines())}
_PARTS = """
AppKind|应用 · DashboardKind|仪表盘 · EntityKind|对象 · ExtensionKind|扩展 · FormKind|表单 · PageKind|记录页 · RoleKind|角色 · ScoreKind|评分 · SegmentKind|分群
ViewKind|视图 · WidgetKind|组件 · Requirement|依赖的应用 · MenuGroup|菜单分组 · MenuItem|菜单项 · Sample|示例文件 · Tile|布局格 · DashboardFilter|仪表盘筛选 · Need|所需记录
Check|校验 · Section|分区 · FormField|表单字段 · FormText|表单文字 · FormTable|表单明细 · Step|步骤 · PublicForm|公开表单 · Header|页首 · Tab|标签页 · Block|区块
NextAction|下一步行动 · ActionButton|行动按钮 · SetValue|赋值 · NewRecord|新建记录 · Figure|记录的指标 · NewValue|新记录的值
Grant|授权 · Variant|版本 · Measure|指标 · ShareBand|得分区间 · Cap|上下限 · Band|等级 · Movement|变动规则 · Keep|保级条件 · Column|列 · Board|看板 · Calendar|日历
Foresight|预见的结果 · Forecast|预测 · Forecasts|预测设置
Gallery|画廊 · Tree|树形 · ColourRule|着色规则 · Query|查询 · Group|分组 · Comparison|对比 · Option|选项 · Reverse|反向关系 · Move|流转
ScenarioKind|场景 · Given|初始情况 · Person|人员 · StoryStep|场景步骤 · Expect|期望 · Counted|计数 · Deed|操作
MatchingKind|匹配规则 · ComparedField|比较项
ConnectorKind|连接器 · Connection|连接 · NoAuth|无验证 · BearerAuth|令牌验证 · BasicAuth|用户名密码验证 · KeyAuth|密钥验证
ClientAuth|OAuth 2 客户端凭据 · Source|拉取来源 · Paging|翻页 · Since|增量 · Push|推送
CalendarKind|工作日历 · Week|一周的工作时段 · Escalation|预警升级 · PlaybookKind|行动手册 · PlaybookFor|启动情形 · InStage|所处阶段 · PlaybookStep|手册步骤
Match|记录查找 · Taken|取值 · RuleKind|规则 · Limits|限制 · Quiet|静默时段 · Whom|人员
WorkflowKind|流程 · Enrol|自动纳入 · FlowCap|触达上限 · BranchPath|分支路径 · ParallelPath|并行路径 · OrAfter|超时处理 · Outcome|任务结果 · OnDue|到期处理
MessageKind|消息 · Wording|双语模板 · MessageList|消息列表 · Sender|发件人 · Addressee|接收方
"""
PARTS: dict[str, str] = dict(pair.split("|") for line in _PARTS.strip().splitlines() for pair in line.split(" · "))
