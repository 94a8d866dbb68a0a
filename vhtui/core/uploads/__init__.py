"""Local files on their way to the hosts: chosen, sent, placed, followed until they play.

::

    queued --> sending --> placing --> encoding --> playable
       ^         |  |         ^
       |         |  '--> checking          the answer was lost, or had no code: look
       '---------'----------'|             it broke half-way, or is not there: start over
                             '--> needs you

A row of the ``upload`` table is the intent; "sending" is on the disk before the first byte leaves,
with the codes of what the host had by that name. What is "sending" at start-up is looked for.
"""
