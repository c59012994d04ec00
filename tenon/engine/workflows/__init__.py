"""Workflows: records on their way through steps, over days if need be.

An instance is one record on its way; its tokens are the places where it stands (several where paths run side by side). One transaction
advances the tokens of many instances by one step, and the effects of the step are in that same transaction: a kill anywhere loses
nothing and repeats nothing.

How a token is woken: whoever has news for it (a person decided, a path ended, another workflow ended) calls `tokens.wake` in the
transaction of the news, with one of the words of `tokens.Woken`; the worker then calls ``wake(batch, why)`` of the file of the step's
type in ``nodes/``. Times wake by ``due_at``, changed records by ``news_at``.
"""
