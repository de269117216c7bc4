-- Which projects carry the volume of one chain, and which share of it each has.
with volume as (
    select
        project,
        sum(volume_usd) as volume_usd
    from dune.acme.result_dex_daily
    where blockchain = '{{blockchain}}'
    group by project
),

shares as (
    select
        project,
        volume_usd,
        volume_usd / sum(volume_usd) over () as share
    from volume
)

select
    project,
    volume_usd,
    share
from shares
where volume_usd >= {{min_volume_usd}}
order by volume_usd desc
