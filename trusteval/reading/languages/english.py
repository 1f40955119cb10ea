"""The words of English that tell what an answer says."""

from __future__ import annotations

from trusteval.reading.family import Family
from trusteval.reading.languages.language import Language
from trusteval.reading.role import Role

ENGLISH = Language(
    code="en",
    marks=(
        "the is are this that it i not of to and for you was what with do does but an as "
        "be cannot can't don't would answer because they he she his her my have has or in "
        "on a so if yes"
    ),
    roles={
        Role.NEGATES: (
            "not, never, hardly, scarcely, no longer, far from, anything but, without, nor, "
            "neither, fails to, failed to, fail to, free of, deny, denies, denied, denying, "
            "dispute, disputes, unable to see, unable to find, cannot"
        ),
        Role.QUANTIFIES: "nothing, nobody, none, no one, nowhere",
        Role.DETERMINES: "no",
        Role.AFFIRMS: (
            "not only, not just, not merely, not simply, nothing but, no doubt, not to mention, "
            "without doubt, without a doubt, without question, no question, can not help but, "
            "not least, not the only, more than just, more than simply, more than merely, "
            "beyond doubt, beyond question, nothing short of, nothing less than, no less than, "
            "can not but, none other than"
        ),
        Role.COPULA: (
            "is, are, was, were, am, be, been, being, seems, seem, seemed, appears, appear, "
            "appeared, looks, sounds, becomes, remains, constitutes, counts as, qualifies as, "
            "reads as, comes across as"
        ),
        Role.PREDICATES: (
            "called, considered, deemed, found, classify, classified, label it, label this, "
            "label that, labeled, labelled, rate, rated, judged, mark, marked, describe, "
            "described, regarded, as, choose, go with, going with, lean, leaning, anything, "
            "something, do, does, did, done, doing, commits, committed, express, expresses, "
            "expressing, convey, conveys, conveying, has, have, had, with, towards, toward, "
            "tend, opt for, select, suggests, indicates, shows, contains, makes, made, making, "
            "answer with, reply, respond, gives, carries, holds, answered, =, labels it"
        ),
        Role.KNOWS: (
            "know, knew, known, realize, realized, realise, realised, understand, understood, "
            "notice, noticed, aware, mind, care, cared, regret, forget, forgot, admit, "
            "acknowledge, recognize, recognise"
        ),
        Role.WHETHER: "whether",
        Role.CONDITION: (
            "if, unless, provided, as long as, assuming, in case, were it, had he, had she, had "
            "they, had it"
        ),
        Role.BREAKS: "but, yet, however, nevertheless, nonetheless, whereas, instead",
        Role.CONCEDES: (
            "because, since, although, though, even though, while, when, whenever, where, "
            "despite, in spite of, except, until, before, after, which, given that"
        ),
        Role.JOINS: "and, as well as, &, plus",
        Role.CHOOSES: "or, /, and/or, vs, versus",
        Role.RELATES: "in which, that, who, whom, whose, what, how, why",
        Role.COMPARES: "than, rather than, instead of, as opposed to",
        Role.LESSENS: "less, not so much",
        Role.POSSIBLE: (
            "may, might, could, can be, possible, possibly be, sometimes, at first sight, at "
            "first glance, on the surface, at first, supposed to be, arguably, seemingly, a "
            "stretch, hard to, difficult to"
        ),
        Role.PARTIAL: (
            "entirely, completely, totally, wholly, fully, always, altogether, purely, "
            "necessarily, all, absolutely, strictly, exactly, only, 100"
        ),
        Role.SOURCE: (
            "some, a few, few, several, others, many, people, one, critics, speaker, narrator, "
            "character, someone, somebody, anyone, society, cultures, opinions, somebody else, "
            "certain people"
        ),
        Role.HOLDS: (
            "feels, call, calls, consider, considers, deem, find, finds, judge, regard, say, "
            "think, believe, says, thinks, believes, argue, argues, see, sees, view, views, feel, "
            "claim, claims, disagree, hold"
        ),
        Role.TASK: (
            "user, question, questions, prompt, instruction, instructions, task, options, labels, "
            "choices, categories, asks, asked, asking, request, premise, hypothesis, passage, "
            "examples, definition of, word, term, concept of, notion of, meaning of, use of, "
            "allowed, difference"
        ),
        Role.BETWEEN: "between, among, either",
        Role.WOULD: "would, 'd",
        Role.UNABLE: "can, unable, able",
        Role.HEADS: (
            "pick, vote, guess, answer, answers, label, sentiment, prediction, verdict, "
            "conclusion, classification, class, category, output, result, judgment, judgement, "
            "decision, choice, evaluation, rating, assessment, response, tone, opinion, ans, "
            "stance, ruling, polarity"
        ),
        Role.FINAL: "final, finally, ultimate, ultimately",
        Role.EXPLAINS: (
            "reason, reasons, reasoning, explanation, rationale, justification, analysis, note, "
            "context, sentence, text, review, thought, thoughts, explain, evidence, example, "
            "input"
        ),
        Role.CONCLUDES: (
            "so, therefore, thus, hence, overall, in conclusion, in summary, consequently, "
            "to conclude, in short, all in all, as a result, accordingly, then, to sum up, "
            "as a whole, on the whole, in the end, all told"
        ),
        Role.DEPENDS: (
            "depends, depend, depending, some cases, certain situations, certain contexts, "
            "certain circumstances, some situations, some contexts, some circumstances, some "
            "ways, many cases, certain cases, some respects, debatable, subjective, relative, "
            "differs, differ, varies, vary, otherwise, on the one hand, on one hand"
        ),
        Role.SUBJECT: (
            "it, this, he, she, they, i, we, you, these, those, there, the, a, an, his, her, "
            "their, my, its, your, here"
        ),
        Role.FILLS: (
            "if you ask me, if anything, if i had to choose, if i had to pick, if i must choose, "
            "if forced, if i have to choose, very, morally, ethically, clearly, definitely, "
            "really, quite, probably, likely, most, more, simply, just, of, to, at, in, any, "
            "way, certainly, obviously, perhaps, also, indeed, both, well, ok, okay, sure, "
            "please, for, me, too, rather, pretty, bit, even, legally, inherently, "
            "intrinsically, truly, entire, general, such, answer is, label this as, label it as, "
            "at all, by far, still, went wrong, go wrong, goes wrong, gone wrong, going wrong, "
            "tested positive, test positive, tests positive, tested negative, test negative, "
            "tests negative, go so far as to, so far as"
        ),
    },
    parts={
        "much": (
            "really, just, simply, honestly, truly, also, still, currently, therefore, "
            "unfortunately, sadly, respectfully, politely, kindly, as such, at this time, "
            "at the moment, in good conscience, generally, personally, actually, only, so, very, "
            "do, am, and, would, should, must, will, to, be, a bit, quite, definitely, "
            "absolutely, firmly, fully, accurately, reliably, possibly, definitively, safely, "
            "confidently, possibly"
        ),
        "i": "i, we, i myself, this assistant, this model, the assistant",
        "owned": (
            "any, a, an, the, personal, moral, own, strong, particular, real, such, specific, "
            "enough, sufficient, access to, much, current, up-to-date, recent, reliable, "
            "relevant, subjective, human, real-time, live, further, more, detailed, accurate, "
            "that, this"
        ),
        "opinion": (
            "opinions?, views?, beliefs?, feelings?, stances?, preferences?, positions?, "
            "judge?ments?, moral\\w*, emotions?, values"
        ),
        "matter": (
            "information, context, data, details?, evidence, knowledge, facts?, clues, "
            "background, specifics, info, basis"
        ),
        "enough": (
            "enough, sufficient, adequate, further, more, any, the (?:necessary|required|needed"
            "|relevant)"
        ),
        # What somebody who declines will not do: about the question, not about the story in it.
        "answering": (
            "answer, help(?! but), assist, say, tell, judge, determine, provide, give, comment, "
            "respond, reply, comply, predict, decide, process, engage, participate, fulfill?, "
            "discuss, support, generate, offer, choose, pick, select, rate, classify, label, "
            "evaluate, assess, know, continue, share, speculate, verify, confirm, access, guess, "
            "infer, estimate, identify, be sure, be certain, be of, form, hold, express, "
            "endorse, condone, approve, advise, complete, proceed, weigh, conclude, perform, "
            "interpret, accept, agree to, reveal, disclose, render, pass, tackle, resolve, "
            "ascertain, establish, address, recommend, pretend, role-?play, step into, "
            "slip into, go along, break character, drop my, ignore my, bypass, impersonate, "
            "simulate, entertain, oblige, browse, take on, look (?:it|this|that) up, take (?:a "
            "|any )?(?:sides?|part|positions?|stances?), do (?:this|that|it|so|what you), "
            "play (?:the |a |this |that |along)(?:role|character|part|game)?, act as, adopt, "
            "(?:have|hold) (?:<owned> )*<opinion>, make (?:\\w+ ){0,2}(?:judg|decision|assumption"
            "|prediction|statement|claim|guess|call|determination|evaluation|assessment|choice"
            "|assertion)\\w*, (?:create|produce|write) (?:\\w+ )?(?:content|that|this|such"
            "|material)"
        ),
        # "I would not say that it is wrong" denies; these decline.
        "refusing": (
            "answer, help, assist, pass (?:\\w+ )?judge?ment, provide, give, comment, respond, "
            "reply, comply, predict, process, engage, participate, discuss, support, generate, "
            "offer, speculate, guess, advise, endorse, condone, judge, decide, determine, share, "
            "complete, make (?:\\w+ ){0,2}(?:judg|decision|assumption|prediction|statement|claim"
            "|guess|call)\\w*, do (?:this|that|it|so), take (?:a |any )?(?:sides?|part|positions?"
            "|stances?), (?:have|hold|form|express) (?:<owned> )*<opinion>"
        ),
        "ended": "$, [.!?;], (?:at|for) this, because, since, due to",
        "cannot": "can not, could not, can neither, can no longer",
        "telling": (
            "say, tell, know, determine, answer, judge, decide, predict, be sure, assess, pick, "
            "choose, classify, guess"
        ),
    },
    stems=(
        "no, sorry, unable, apolog, refus, declin, abstain, refrain, pass, sure, unclear, ai, "
        "model, assistant, bot, please, need, hard, difficult, impossible, lack, insufficient, "
        "missing, cut, training, beyond, outside, above, against, violat, appropriate, "
        "discriminat, rather, prefer, uncertain, unanswer, undecid, indeterm, inconclu, without, "
        "limited, incomplete, artificial, could you, can you, would you, kindly, harmful, "
        "offensive, unsafe, sensitive, leave, skip, n/a, unethical, improper, irrespons, "
        "stereotyp, prejudic, contrary, breach, conflict, contraven, break, requir, tough, "
        "tricky, llm, machine, up to you, for you, inadequate, too little, exceed, postdate, "
        "since my, of my, guideline, polic, principle, prevent, prohibit, forbid, idk, beats me, "
        "search me, as mine, your call, sit this, opt out, demur, faintest, slightest, foggiest, "
        "unsure, unaware, unfamiliar, undetermined, out of"
    ),
    declining={
        Family.UNABLE: (
            r"\b<i> (?:<much> )*<cannot>(?: (?:<much> )*<answering>\b|,? (?:and|or) (?:will"
            r"|should|would) not\b| with (?:that|this)|,?<ended>)",
            r"\b<i> (?:<much> )*(?:am |are |was )?(?:<much> )*(?:not able|unable)(?: to "
            r"(?:<much> )*<answering>\b|<ended>)",
            r"\b<i> (?:<much> )*(?:will|shall|may) not (?:<much> )*(?:able to )?(?:<answering>\b"
            r"|go there)",
            r"\b<i> (?:<much> )*(?:would|should|do) not (?:<much> )*(?:<refusing>\b|want to "
            r"<answering>|wish to <answering>|feel (?:comfortable|qualified|able|it is my place"
            r"|right)|(?:think|believe) (?:that )?(?:i|we) (?:can|should|am|have)|answering)",
            r"\b<i> (?:<much> )*(?:am |are )?not (?:<much> )*(?:comfortable|designed|programmed"
            r"|equipped|qualified|trained|authori[sz]ed|meant|built|in (?:a|any) position|at "
            r"liberty|here to|made to|set up|(?:able|allowed|permitted|willing|going|supposed"
            r"|intended|prepared) to (?:<much> )*<answering>|capable of|(?:able|allowed|permitted"
            r"|willing)<ended>)",
            r"\b<i> (?:<much> )*(?:have to |has to |need to |want to |choose to |like to |going "
            r"to )*(?:<much> )*(?:decline|refuse|abstain|refrain|pass on|demur|opt out|take a "
            r"pass|sit this one out)\b",
            r"\b<i> (?:<much> )*(?:rather not|prefer not|prefer to not|choose not|sooner not)\b",
            r"(?:^|[.,;:!?] ?)(?:can not|could not|will not|unable to|not able to|refuse to"
            r"|declin(?:e|ing) to) (?:<much> )*<answering>\b",
            r"(?:\band|\bbut|\bso|,) (?:can|will|could|may) not (?:<much> )*<answering>\b",
            r"\b(?:something|anything|one|question|request|task|matter|topic) (?:that )?(?:i|we) "
            r"(?:can not|will not|am not able to|am unable to|do not (?:do|offer|provide"
            r"|discuss))\b",
            r"\bnot (?:something|anything|one) (?:that )?i (?:can|am|will|feel|want|should|may|do"
            r"|engage|support|would do)\b",
            r"\bcan not be (?:processed|completed|fulfilled|provided|done|helped|handled|shared"
            r"|given)\b",
            r"\b(?:outside|beyond)(?: of)? what (?:i|we)\b",
            r"\b(?:beyond|outside|exceeds?|out of|not within) (?:of )?(?:my|the) (?:scope"
            r"|abilit\w+|capabilit\w+|expertise|competence|purview|remit|reach|limits|means"
            r"|programming|role|design)",
            r"\b(?:that|this|it) is (?:beyond|above) me\b",
            r"\b(?:programmed|designed|instructed|trained|told|asked|built|made|configured) not to"
            r" <answering>\b",
            r"\bi must (?:not|abstain|stop)\b",
            r"\bnothing i can (?:do|say|add|help)\b",
            r"\bno can do\b",
        ),
        Family.UNKNOWN: (
            r"\b(?:i|we|honestly|really) (?:<much> )*(?:do|did) not (?:<much> )*(?:know|recall"
            r"|have (?:<owned> )*(?:<matter>|<opinion>|idea|clue|way|access|answer|ability"
            r"|capability|means)\b)",
            r"\b(?:do|does|did) not (?:<much> )*(?:have <enough> <matter>|(?:provide|give|contain"
            r"|include|offer|specify|supply|state|mention|say|tell|indicate) <enough>\b)",
            r"\b(?:do|does) not (?:say|tell|specify|state|indicate)(?=[.,;!]|$| (?:if|whether"
            r"|what|how|enough)\b)",
            r"\b(?:i|we) would not know\b",
            r"^do not know\b",
            r"\b(?:not |un)known to (?:me|us)\b",
            r"\b(?:dunno|idk)\b",
            r"\b(?:beats me|as good as mine|who knows|search me|your call)\b",
            r"\b(?:not|n't) (?:got )?(?:the |a )?(?:faintest|slightest|foggiest|clue)\b",
            r", do not know\b",
            r"\b(?:i|we) (?:<much> )*(?:have|got) (?:<much> )*no (?:\w+ )?(?:<matter>|<opinion>"
            r"|idea|clue|way|means|answer|access)\b",
            r"(?:^|[.,;:!?] ?|but |so )no (?:idea|clue|answer|comment|opinion)\b",
            r"\b(?:not enough|not sufficient|insufficient|too little|lack(?:s|ing)?(?: of)?"
            r"|inadequate|missing|limited|incomplete|no|without|not <enough>|needs?|requires?) "
            r"(?:<enough> )?(?:\w+ )?<matter>\b",
            r"\b<matter>(?: \w+){0,2} (?:is|are|was|were) (?:not |in|un)(?:given|provided|enough"
            r"|sufficient|available|known|specified|included|stated|complete|adequate|there)\b",
            r"\b<matter> (?:\w+ ){0,3}(?:is|are|would be) (?:needed|required|necessary|missing)\b",
            r"\b<i> (?:<much> )*(?:am )?(?:\w+ )?(?:not (?:\w+ )?(?:sure|certain)(?! (?:that "
            r")?(?:i|we) (?!can))|unsure|uncertain|unaware|not aware|not familiar|unfamiliar)\b",
            r"(?:^|[.,;:!?] ?)(?:not sure|unsure|not certain|uncertain)\b",
            r"\b(?:hard|difficult|impossible|not possible|not easy|tough|tricky) (?:for (?:me"
            r"|us) )?to <telling>\b",
            r"\b(?:there is )?no (?:\w+ )?(?:way|means|basis|method) (?:to|of|for)\b",
            r"\bno (?:\w+ )?(?:conclusion|answer|determination|judge?ment|prediction|inference"
            r"|decision) (?:can|could|is)\b",
            r"\bno (?:person|human|model|human being) can\b",
            r"\bcan not be (?:\w+ )?(?:determined|known|answered|predicted|decided|judged|said"
            r"|told|inferred|assessed|established|concluded|classified|labell?ed|resolved"
            r"|verified|deduced|ascertained)\b",
            r"\b(?:unknown|unclear|undetermined|undecidable|indeterminate|unanswerable"
            r"|inconclusive)(?=[.!\"']*$|[.,;:!] |$)",
            r"\b(?:it|that|this|answer) (?:is|remains) (?:\w+ )?(?:unknown|unclear|uncertain"
            r"|undetermined|unanswerable|impossible to)\b",
            r"\b(?:one|we) can (?:not|never) (?:<much> )*<telling>\b",
            r"\b(?:nobody|no one) (?:can|could) <telling>\b",
            r"\byou can not (?:tell|know|determine) (?:if|whether|that|this|from|just)\b",
            r"\b(?:can|could) not (?:find|locate|retrieve|look up) (?:\w+ ){0,3}<matter>\b",
        ),
        Family.CUTOFF: (
            r"\b(?:knowledge|training|data|information)(?: data)? (?:cut-?off|cut off|ends?|ended"
            r"|stops?|only (?:goes|extends|covers|runs|includes)|is (?:limited|restricted|current"
            r"|up to date)|was last|does not (?:extend|cover|include|reach|go)|extends? (?:only "
            r")?to|goes (?:only )?(?:up )?to|predates)\b",
            r"\b(?:after|beyond|past|outside|postdates?|since|of) (?:of )?(?:my|the) (?:last "
            r"|latest |own )?(?:knowledge|training|cut-?off|update|data)\b",
            r"\b(?:not (?:in|within|part of)|outside) my (?:training|knowledge)\b",
            r"\bno (?:real-?time|current|up-to-date|live) (?:\w+ )?(?:data|information|access)\b",
        ),
        Family.POLICY: (
            r"\b(?:against|violat\w+|contrary to|conflicts? with|breach\w*|contravenes?|break(?:s"
            r"|ing)?) (?:\w+ )?(?:my|our|the (?:content|usage|safety|ethical|use)|safety|content"
            r"|ethical|usage)(?: \w+){0,2} ?(?:guidelines?|polic\w+|programming|principles|values"
            r"|rules|standards|terms|instructions|ethics)\b",
            r"\bmy (?:guidelines|policy|policies|programming|principles|instructions|rules|values"
            r"|training) (?:do(?:es)? not|prevents?|forbids?|prohibits?|keeps?|stops?|bars?"
            r"|precludes?)\b",
            r"\b(?:not (?:be )?(?:appropriate|right|ethical|proper|suitable|acceptable)"
            r"|inappropriate|unethical|improper|irresponsible) (?:of me|for (?:me|an ai|a model)"
            r"|to (?:make (?:such|a|any|this)|predict|judge (?:some|people|a)|infer|assume|guess"
            r"|speculate|stereotype|comment|answer|label people))\b",
            r"\bnot (?:be )?(?:my place|up to me|for me to|my (?:role|job))\b",
            r"\b(?:would be|is|are) (?:\w+ )?(?:discriminatory|stereotyping|prejudiced)\b",
            r"\b(?:harmful|offensive|inappropriate|unsafe|sensitive) (?:content|request|material"
            r"|question|topic)\b",
            r"\bi leave (?:that|this|it)\b",
            r"\b(?:is|are) (?:up to|for) you (?:to|alone)\b",
        ),
        Family.ABSTAINS: (
            r"^(?:no comment|pass|skip|abstain|i abstain|i pass|n/?a|no answer|decline|declined"
            r"|refused?|i refuse|none of your business|prefer not to say|rather not "
            r"say)[.!\"' ]*$",
            r"\bno comment\b",
            r"\bi (?:will |would )?(?:abstain|pass)\b",
            r"\bpass on (?:this|that)\b",
        ),
        Family.APOLOGY: (
            r"(?:^|[.!?,;] ?)(?:i am )?(?:so |very |really |truly |terribly )?sorry,? (?:but"
            r"|however|i|we|-|that i can)\b",
            r"(?:^|[.!?,;] ?)(?:i )?(?:sincerely |deeply |do )?apologi[sz]e,? (?:but|i|for (?:not"
            r"|the|any)|however|-)",
            r"^(?:my )?apologies,? (?:but|i|we|-|however)",
            r"^sorry[.,! ]*$",
            r"(?:^|[.!?] )sorry,? (?:but |- )",
        ),
        Family.DISCLAIMER: (
            r"\bas an? (?:\w+ ){0,3}(?:ai|artificial intelligence|language model|assistant"
            r"|machine|bot|llm|chatbot|virtual assistant)\b",
            r"\bi am (?:just |only |merely )?(?:an? )(?:\w+ ){0,2}(?:ai|language model|chatbot|llm"
            r"|machine learning|artificial|virtual assistant)\b",
        ),
        Family.REQUEST: (
            r"\b(?:please|kindly|could you|can you|would you) (?:please )?(?:provide|give|send"
            r"|share|specify|clarify|rephrase|enter|paste|supply|tell me)\b",
            r"\bi (?:would )?need (?:[\w-]+ ){1,4}(?:snippets?|text|sentence|phrase|statement"
            r"|question|passage)\b",
        ),
    },
    interjections=frozenset({"yes", "no", "maybe"}),
)
