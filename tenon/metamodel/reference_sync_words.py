"""What the attributes of connectors are for, in both languages; see `reference_words`."""

from __future__ import annotations

LINES = """
ConnectorKind.type|How the other system is spoken to: rest is JSON over HTTP|与对方系统的通信方式：rest 为 HTTP 上的 JSON
connection|Where the other system is and how one shows who one is|对方系统的地址与身份验证
ConnectorKind.direction|pull takes records from there, push sends them there, both keeps both sides the same|pull 从对方拉取，push 向对方推送，both 双向同步
ConnectorKind.entity|The entity whose records are kept the same|所同步的对象
source|What is pulled, and how|拉取的内容与方式
push|Where records are sent, and how|推送的位置与方式
mapping|For each field its column there, or an expression over the columns, which are texts to it|每个字段对应的对方列名，或由列（作为文本）组成的表达式
ConnectorKind.match_on|A declared key by which records are found that are not linked yet|用于查找尚未关联记录的唯一键
conflict|Who wins where both sides changed the same field: source_wins, ours_wins, or newest|双方都修改同一字段时以谁为准：source_wins 对方、ours_wins 本系统、newest 较新者
ConnectorKind.schedule|When it runs, as cron; left out, only when it is asked to|运行时间（cron），不填则仅手动运行
system|What the other system is called; connectors of the same one share what they know of its records. Left out, its own name|对方系统的名称；同一系统的连接器共享记录的对应关系。不填为连接器名称
ConnectorKind.run_as|As whom it reads and writes: the platform, or a role|读写的身份：系统或角色
ConnectorKind.role|The role that it acts as|执行身份所用的角色
base_url|What every address begins with; addresses inside the network are refused unless the operator allows them|所有地址的开头；内网地址须由运维允许
auth|How one shows who one is; secrets are named, and lie in the folder secrets of TENON_HOME|身份验证方式；密钥只写名称，保存在 TENON_HOME 的 secrets 目录
Connection.headers|More headers of every call|每次调用附带的请求头
timeout_seconds|How long one call may take|单次调用的最长秒数
secret|The name of the secret|密钥名称
BasicAuth.user|The user|用户名
KeyAuth.header|The header that holds the key|存放密钥的请求头
token_url|Where the token is fetched|获取令牌的地址
client_id|What one is known by there|客户端编号
scope|What the token is for|令牌的权限范围
Source.path|Where records are asked for, after base_url|获取记录的路径（接在 base_url 之后）
records|Where the records stand in the answer; left out, the answer is the list|记录列表在返回内容中的位置，不填表示返回内容即为列表
Source.id|What each record is known by there|记录在对方系统中的编号所在位置
params|Parameters of every call; {since} stands for the moment since when|每次调用的参数；{since} 代表起始时间
Source.page|How the next page is asked for; left out, there is one|翻页方式，不填表示只有一页
since|How only what changed is asked for|增量获取的方式
Paging.by|cursor of the answer, offset of the first record, number of the page, or link to the next one|cursor 游标、offset 偏移、page 页码或 link 链接
Paging.param|The parameter that says which page|翻页所用的参数
at|Where the cursor or the link stands in the answer; left out, at the name of the parameter, or in the header Link|游标或链接在返回内容中的位置；不填则与参数同名，链接则取 Link 响应头
Paging.size|How many records a page has|每页记录数
size_param|The parameter that asks for so many|指定每页记录数的参数
Paging.first|The number of the first page|首页页码
Since.field|Where a record says when it was changed there|记录中修改时间所在位置
Since.param|The parameter that asks for what changed since|指定起始时间的参数
Since.first|Since when, the first time; left out, everything|首次获取的起始时间，不填为全部
overlap_seconds|How many seconds before the newest moment the next run begins; what is known already is left alone|下次运行向前重叠的秒数；已知内容不会重复写入
Push.path|Where new records are created; {record} stands for the id of the record here|新建记录的路径；{record} 代表本系统的记录编号
Push.create|The method that creates one; none creates none there|新建所用的方法，none 表示不在对方新建
Push.update|The method that changes one; none changes none there|修改所用的方法，none 表示不修改对方
record_path|Where a record is changed, with {id}; left out, path/{id}|修改记录的路径，含 {id}；不填为 path/{id}
Push.id|Where the answer says what a new record is known by|返回内容中新记录编号的位置
Push.where|Which records are sent; without it all|推送哪些记录，不填为全部
Push.body|More members, as expressions over the record|附加成员，由记录的表达式得出
"""
