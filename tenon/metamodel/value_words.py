"""What the words are called that attributes of documents may have."""

from __future__ import annotations

from tenon.metamodel.labels import Text

_VALUES = """
read|see|查看
create|create|新建
update|change|修改
delete|delete|删除
restore|bring back|恢复
merge|merge|合并
import|import|导入
export|export|导出
bulk|change many|批量修改
override|override scores|调整评分
timeline|timeline|时间线
comments|comments|评论
files|files|文件
append_only|only added to|只增不改
list|list|列表
board|board|看板
calendar|calendar|日历
gallery|gallery|画廊
tree|tree|树
gantt|Gantt chart|甘特图
number|number|数字
table|table|表格
line|line|折线图
area|area|面积图
bar|bars|柱状图
stacked_bar|stacked bars|堆叠柱状图
pie|pie|饼图
funnel|funnel|漏斗图
gauge|gauge|仪表
heatmap|heat map|热力图
pivot|pivot|透视表
scatter|scatter|散点图
cohort|cohorts|同期群
transition|movements|迁移矩阵
sankey|river|流向图
falls|behind falls|下滑原因
attribution|reasons of losses|流失归因
text|text|文本
fields|fields|字段
next_action|next step|下一步
forecasts|forecasts|预测
tasks|tasks|任务
history|history|历史
score|score|评分
form|form|表单
related|related records|相关记录
widget|chart|图表
alert|alert|预警
playbook|playbooks|行动手册
everyone|everyone|所有人
team|team|团队
me|only me|仅自己
active|active|启用
log_only|only noted|仅记录
paused|paused|暂停
system|the system|系统
person|the person|本人
owner|the owner|负责人
role|a role|角色
before|before|之前
after|after|之后
email|mail|邮件
in_app|in the app|站内
sms|text message|短信
wecom|WeCom|企业微信
dingtalk|DingTalk|钉钉
feishu|Feishu|飞书
hour|hour|小时
day|day|天
week|week|周
month|month|月
quarter|quarter|季度
year|year|年
dynamic|by its condition|按条件
fixed|kept members|固定成员
any|anybody|任一人
all|all|所有人
vote|by votes|按票数
sequence|one after the other|依次
process|process|流程
approval|approval|审批
journey|journey|旅程
red|red|红色
amber|amber|黄色
green|green|绿色
blue|blue|蓝色
grey|grey|灰色
teal|teal|青色
purple|purple|紫色
"""
VALUES = {value: Text(en, zh) for value, en, zh in (line.split("|") for line in _VALUES.strip().splitlines())}
"""What the words are called that an attribute of `TOLD` may have."""
TOLD = frozenset({"type", "actions", "features", "shared_with", "state", "run_as", "timing", "channel", "by", "mode", "colour"})
