"""What the attributes of calendars, playbooks, alerts, loads and menus are for, in both languages; see `reference_words`."""

from __future__ import annotations

LINES = """
compare|What is compared|比较项
ComparedField.field|The field that is compared|比较的字段
ComparedField.by|How it is compared|比较方式
ComparedField.weight|How much its likeness counts among those that both records have|在两条记录均有值的比较项中所占权重
decides|Whether it decides alone: the same says yes, different says no|是否直接判定：相同即为同一，不同即为不同
propose_from|From which likeness, 0 to 1, a pair is proposed|相似度（0 到 1）达到多少时提示
merge_from|From which likeness a pair is merged by itself; left out, never|相似度达到多少时自动合并，不填则从不
CreateTask.calendar|Whose working hours are counted; without it the usual calendar|按哪个工作日历计算，不填为默认日历
Limits.calendar|The calendar in whose hours it acts; otherwise it waits|仅在该日历的工作时间内执行，否则延后
figures|Number fields of the new record and the number widgets whose figure they keep|新记录的数值字段及其记录的数字组件
Figure.field|The number field that keeps it|保存该数值的字段
Figure.widget|The number widget whose first measure it is|取其首个度量的数字组件
skip_existing|Where a record with the same key is there already, none is made|已有相同唯一键的记录时不再新建
RaiseAlert.about|What the record refers to, where it is about that; each record is then a cause of its own|预警所关于的被引用记录；此时每条记录都是独立原因
CreateTask.due_hours|After how many hours it is due|多少小时后到期
timezone|The zone of its hours; without it that of the workspace|所在时区，不填为工作区时区
week|The hours of each day of the week|每周各日的工作时段
mon|Monday|周一
tue|Tuesday|周二
wed|Wednesday|周三
thu|Thursday|周四
fri|Friday|周五
sat|Saturday|周六
sun|Sunday|周日
holidays|Days on which nobody works|放假的日期
working_days|Days worked in the stead of a holiday; they have the hours of an ordinary day|调休上班的日期，时段与普通工作日相同
is_default|Whether it holds where no calendar is named|未指定日历时是否使用它
escalate|Who is told of it when nobody takes it up|无人处理时逐级升级的对象
after_hours|After how many hours since it was raised|预警触发后多少小时
Escalation.to|Who is told|通知对象
Escalation.calendar|Whose working hours are counted; without it the usual calendar|按哪个工作日历计算，不填为默认日历
PlaybookKind.entity|What it is about|所属对象
PlaybookKind.for|What it begins for by itself; by hand it can always be begun|自动启动的情形；随时可手动启动
PlaybookKind.calendar|Whose working hours are counted; without it the usual calendar|按哪个工作日历计算，不填为默认日历
PlaybookKind.steps|The tasks in their order|按顺序的任务
PlaybookFor.alert|Alerts of these types|这些类型的预警
PlaybookFor.stage|A stage of the record|记录所处阶段
InStage.options|The options with which it begins|启动手册的选项
PlaybookStep.title|What is to be done|要做的事
PlaybookStep.description|How it is done|具体做法
PlaybookStep.due_hours|Hours after it began until it is due|启动后多少小时到期
PlaybookStep.when|When it is needed; looked at when the playbook begins and when the step comes|需要该步骤的条件；启动时和轮到该步骤时各判断一次
PlaybookStep.required|Whether it has to be done|是否必须完成
StartPlaybook.playbook|The playbook|行动手册
held_by|The field that says whose it is|记录归属人所在的字段
Refuse.capacity|Only where somebody has that many others already|仅当该人已有这么多其他记录时
MenuItem.needs|Only for who may do this with the records|仅对可执行此操作的人显示
"""
