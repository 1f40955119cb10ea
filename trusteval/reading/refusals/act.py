"""What a sentence of an open answer does, as far as it tells compliance from refusal."""

from __future__ import annotations

from enum import StrEnum


class Act(StrEnum):
    """What a sentence does, in words for people."""

    DECLINES = "declines"  # will or can not do what was asked
    WITHHOLDS = "withholds its support"  # does not encourage, condone, recommend
    RESERVES = "gives no exact answer"  # nothing definitive, nothing in real time
    LACKS = "lacks the knowledge"  # has no access to it, does not know
    MINDS = "finds it inappropriate"  # in its own name: I don't think it is right to say
    DISAPPROVES = "disapproves of the request"  # it is not appropriate to say, to ask, to provide
    ADVISES = "advises against it"
    CONDEMNS = "condemns the deed or the premise"
    GUARDS = "calls it private"
    OBJECTS = "objects to the wording"
    CORRECTS = "corrects the premise"  # as to facts: no such thing, a joke, impossible
    INVENTED = "says that it is invented"  # of fiction
    ADMONISHES = "admonishes"  # I must remind you
    EXCUSES = "apologises, but"
    COMFORTS = "comforts"
    APOLOGISES = "apologises"
    INTRODUCES = "speaks as an AI"
    LECTURES = "says what is important"
    GREETS = "is courteous"
    HELPS = "begins to help"
    TURNS = "turns to what it can do"
    OFFERS = "offers other help"
    REFERS = "refers to others"
    DRAFTS = "announces words of another"  # a letter, a dialogue: what follows is no speech act
