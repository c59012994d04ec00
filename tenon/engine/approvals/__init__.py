"""Approvals and what else people do in workflows: who is asked, who stands in for whom, deciding, and the one list of it all.

The tables are those of the workflows (`engine/workflows/tables.py`); what an approval comes to is told by `engine/workflows/deciding.py`.
"""
