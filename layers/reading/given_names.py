"""Given names that are common in Slovenia and its neighbours, folded: how a list of people is recognised.

Only names that are no ordinary word and no part of many place names; a list this short finds most lists of
people, because half of the values have to match and not each of them.
"""

from __future__ import annotations

_NAMES = """
ales alojz alojzij andrej anton bojan bogdan bostjan branko ciril damjan danijel darko david davorin
dejan drago dragan dusan edvard emil erik ernest feliks filip franc franci frane gasper goran gregor
igor ivan ivo iztok jakob janez jan jani janko jernej josip jozef joze jure jurij karel karl klemen
konrad kristijan ladislav leon leopold ljubo lovro ludvik luka marijan marjan marko martin matej
matevz matic matija matjaz mihael miha milan milos miran mirko miroslav mitja nejc nenad nikola
pavel peter primoz rado rajko robert roman rok rudolf samo sandi sasa saso sebastjan silvo simon
slavko srecko stane stanislav stanko stefan stojan tadej tilen tomaz tomislav uros vid viktor viljem
vinko vladimir zdenko zdravko zeljko ziga zoran ajda alenka aleksandra amalija ana andreja anica
anja antonija barbara bernarda biserka bojana branka breda cvetka damjana danica darinka darja
dragica elizabeta ema erika eva francka gabrijela helena ida irena ivana ivanka jana janja jasmina
jelka jerneja jozefa jozica julijana justina karmen katarina katja klara klavdija kristina ksenija
lara lea lidija ljudmila lucija majda maja manca marija marijana marina marjana marjeta marjetka
marta martina mateja matilda metka milena mira mojca monika nada natasa nevenka nika nina olga pavla
petra polona renata romana rozalija sabina sandra sara silva simona slavica sonja spela stanislava
stanka stefanija suzana tadeja tanja tatjana terezija tina tjasa urska ursula valentina valerija
vanja vera veronika vesna vida viktorija vlasta zala zdenka zinka ziva zofija jean pierre michel
philippe nathalie isabelle sylvie catherine francoise jacques john mary james elizabeth william
giovanni giuseppe maria hans josef wolfgang istvan laszlo jozsef ferenc zoltan
"""
GIVEN_NAMES = frozenset(_NAMES.split())
