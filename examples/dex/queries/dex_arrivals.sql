-- How many takers were new on each day: the second layer, over dex_taker_first_seen.
select
    first_day as day,
    count(*) as new_takers
from dune.acme.result_dex_taker_first_seen
group by first_day
