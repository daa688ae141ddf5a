"""How often Python looks for reference cycles.

Its default, every 700 new objects, is made for small programs: rendering one of our pages makes tens of thousands, nearly none of them in
cycles. Looking seldom took 3 to 8 % off a page's CPU (three pages, 160 requests each way, in turns within one process).
"""

SELDOM = (100_000, 20, 20)
