/*
 * The outbox protocol: a fact told on a phone reaches the server once, whatever happens on the way.
 * outbox.md beside this file says in plain words what is modelled, what is claimed and what is left out.
 *
 * A set of facts is a byte, one bit a fact. One d_step is one database transaction, of the phone or of the server.
 * Nothing counts rounds, answers, parcels or backups, so a search covers any number of them; bounded are only
 *
 *   TABS=n FACTS=n RESTORES=n   how many (2, 2 and 1 unless told otherwise)
 *
 * and these parts of the world are there only when asked for:
 *
 *   POINTING    each fact but the first points at the one before it
 *   WORKERS     two workers share the phone: facts 1 and 3 are of one, fact 2 is of the other
 *   RELAY       parcels (a file, another phone) and requests that arrive after their sender gave up; a forger
 *   HOLDING     the first fact may be held, or put off ("later"), and accepted at the desk
 *   ERASING     the first fact may be erased
 *   ENDED       remember what the server kept when each epoch ended, so that what an answer of a past epoch
 *               clears is held against the server of that epoch
 *
 * Every other name after an #ifdef is a mutation: one rule taken away, to see what it was for.
 */
#ifndef TABS
#define TABS 2
#endif
#ifndef FACTS
#define FACTS 2
#endif
#ifndef RESTORES
#define RESTORES 1
#endif

#define WAITING (made & ~cleared)            /* what the phone still has to send */
#define KEPT (stored | held | erased)        /* what the server answers for */
#define KNOWN (stored | erased)              /* what another fact may point at */
#ifdef POINTING
#define POINTED(fact) ((fact) >> 1)          /* what a fact points at; nothing for the first */
#define NEXT(facts) ((facts) << 1)           /* what points at them */
#else
#define POINTED(fact) 0
#define NEXT(facts) 0
#endif
#ifdef WORKERS
#define HERS(worker) (worker -> 2 : 5)
#else
#define HERS(worker) 255
#endif
#ifdef UNIQUENESS_BY_LOOKING                 /* code looked before; no constraint refuses the second */
#define SEEN(fact) (looked & fact)
#elif defined(UID_ALONE)                     /* a uid is taken, whatever body it came with */
#define SEEN(fact) ((stored | held | alien) & fact)
#else
#define SEEN(fact) ((stored | held) & fact)
#endif
#ifdef NOT_ASKING
#define ASKS (WAITING & HERS(who))
#else
#define ASKS true                            /* with nothing to send it asks all the same, to learn the epoch */
#endif

/* The phone: one IndexedDB under all its tabs, and one sign-in. */
byte made, cleared, phone_epoch, who;
#ifdef HELD_STAYS
byte told_held;
#endif

/* The server and its backup. The erasure list and the number of the epoch live outside the backup. */
byte stored, held, erased, server_epoch = 1;
byte backup_stored, backup_held, restores;
#ifdef ERASURES_IN_BACKUP
byte backup_erased;
#endif
#ifdef NUMBER_FROM_BACKUP
byte backup_epoch = 1;
#endif
#ifdef RELAY
byte out;                                    /* facts in parcels under way: each may arrive at any time, again and again */
byte alien;                                  /* uids under which a forged body is held, beside the true one */
#endif
bool quiet;                                  /* the trouble is over: no more restores, losses or delays */

/* What must never be. */
byte gone;                                   /* what was ever erased, even if the server forgot */
#ifdef ENDED
byte ended[RESTORES + 1];                    /* what the server kept when an epoch ended; nothing before the first */
#define KEPT_IN(epoch) (epoch == server_epoch -> KEPT : ended[epoch])
#else
#define KEPT_IN(epoch) (epoch == server_epoch -> KEPT : 255)
#endif
#ifdef REACHED
bool reached;
#endif
#if defined(ANSWER_FIRST) || defined(HELD_LOST_ON_ACCEPTANCE)
byte busy;                                   /* what these two tear apart; the end waits until it is done or given up */
#define AT_REST !busy
#else
#define AT_REST true
#endif
bool lost, stuck, believed, doubled, early, left_behind, reborn, forged, usurped;
byte fact, follower;                         /* counters within one transaction, 0 between two */
mtype = { STORE, HOLD, LATER };

/* ---- The phone ---- */

inline hear(epoch) {                         /* a greater epoch un-clears everything; an older one says nothing */
    if
    :: epoch > phone_epoch ->
        phone_epoch = epoch;
#ifdef EPOCH_IGNORED
        skip
#elif defined(HELD_STAYS)
        cleared = cleared & told_held
#else
        cleared = 0
#endif
    :: else
    fi
}

inline clear(epoch) {                        /* an answer is believed only in the phone's own epoch */
    if
#ifdef NO_EPOCH_GUARD
    :: true ->
#else
    :: epoch == phone_epoch ->
#endif
        cleared = cleared | answered
#ifdef HELD_STAYS
        ; told_held = told_held | (answered & held)
#endif
    :: else
    fi
}

/* ---- The server ---- */

inline follow() {                            /* what waited for a fact that is known now is stored with it */
    follower = 2;
    do
    :: follower < (1 << FACTS) ->
        if
#ifndef NOTHING_FOLLOWS
        :: (held & follower) && (KNOWN & POINTED(follower)) ->
            held = held & ~follower;
            stored = stored | follower;
            printf("    and fact %d, which waited for it, is stored\n", follower)
#endif
        :: else
        fi;
        follower = follower << 1
    :: else -> break
    od;
    follower = 0
}

inline arrive() {                            /* one fact comes in; what is kept of it is answered */
    if
    :: erased & fact ->
#ifndef SILENT_TOMBSTONE
        answered = answered | fact;
#endif
        printf("    fact %d: duplicate of an erased one\n", fact)
    :: else ->
        if
        :: SEEN(fact) -> answered = answered | fact;
            printf("    fact %d: duplicate\n", fact)
        :: else ->
            if
            :: (stored | held) & fact -> doubled = true
            :: else
            fi;
            if
#ifndef NOTHING_WAITS
            :: POINTED(fact) & ~KNOWN -> held = held | fact; answered = answered | fact;
                printf("    fact %d: held, what it points at is not stored\n", fact)
#endif
            :: else ->
                if
                :: fact == 1 && verdict == HOLD -> held = held | fact; answered = answered | fact;
                    printf("    fact %d: held\n", fact)
                :: fact == 1 && verdict == LATER ->
                    printf("    fact %d: later\n", fact)
                :: else -> stored = stored | fact; answered = answered | fact;
                    printf("    fact %d: stored\n", fact);
                    follow()
                fi
            fi
        fi
    fi
}

inline commit(facts) {                       /* one transaction, its answer with the epoch it was committed in */
    fact = 1;
    do
    :: fact < (1 << FACTS) ->
        if
        :: facts & fact -> arrive()
        :: else
        fi;
        fact = fact << 1
    :: else -> break
    od;
    fact = 0;
    verdict = 0;
    epoch = server_epoch
}

inline judge() {                             /* what the server makes of the first fact, should it be in there */
#ifdef HOLDING
    if
    :: verdict = STORE
    :: verdict = HOLD
    :: !quiet -> verdict = LATER
    fi
#else
    verdict = STORE
#endif
}

/* ---- The processes ---- */

proctype Worker() {                          /* she tells facts, in order; one hands the phone to the other */
    do
    :: d_step { !quiet && made < (1 << FACTS) - 1 ->
        made = made * 2 + 1; printf("told: facts made are now %d (a sum of 1, 2, 4)\n", made) }
#ifdef WORKERS
    :: d_step { !quiet -> who = 1 - who; printf("worker %d signs in\n", who) }
#endif
    od
}

inline forget() { batch = 0; answered = 0; epoch = 0; looked = 0; author = 0 }

inline leave() {
#ifdef WORKERS
    author = who;
#endif
#ifdef CLEARED_ON_SENDING
    cleared = cleared | batch;
#endif
    printf("tab %d sends facts %d\n", _pid, batch)
}

inline request() {                           /* it reaches the server; the answer may come late, or not at all */
#ifdef ANSWER_FIRST
    d_step { answered = batch; epoch = server_epoch; busy++ };
    d_step { hear(epoch); clear(epoch); printf("tab %d hears that all is well\n", _pid) };
    if
    :: d_step { !quiet -> printf("the server crashes before its commit\n"); busy--; forget() }
    :: true ->
#endif
#ifdef UNIQUENESS_BY_LOOKING
    d_step { looked = stored | held; printf("the server looks what it has for tab %d\n", _pid) };
#endif
    atomic {
        judge();
        d_step {
            printf("the server commits for tab %d in epoch %d\n", _pid, server_epoch);
#ifdef NO_AUTHOR_CHECK
            usurped = usurped || (batch && who != author);
#endif
            commit(batch); batch = 0
        }
    };
#ifdef EPOCH_READ_LATE
    d_step { epoch = server_epoch };
#endif
#ifdef ANSWER_FIRST
    d_step { busy--; forget() }
#else
    if
    :: d_step { !quiet -> printf("tab %d hears nothing: answer lost, server crashed, or tab closed\n", _pid); forget() }
#ifdef TWO_TRANSACTIONS
    :: d_step { hear(epoch); if :: epoch != phone_epoch -> answered = 0 :: else fi };
        d_step { cleared = cleared | answered; printf("tab %d clears facts %d, epoch %d\n", _pid, answered, epoch); forget() }
#else
    :: d_step { hear(epoch); clear(epoch);
        printf("tab %d hears of facts %d in epoch %d; the phone is in epoch %d\n", _pid, answered, epoch, phone_epoch);
        forget() }
#endif
#endif
    fi
}

proctype Tab() {                             /* sends what waits, for ever; hears the answer late or never */
    byte batch, answered, epoch, looked, author;
    mtype verdict;
    do
    ::  if
        :: d_step { !quiet && ASKS -> batch = WAITING & HERS(who); leave() }
        :: d_step { !quiet && (WAITING & HERS(who)) ->     /* a batch has its limits: only the first that waits */
            batch = WAITING & HERS(who); batch = batch & -batch; leave() }
        fi;
        if
        :: true ->
            request()
#ifdef WORKERS
        :: d_step { who != author -> printf("the server refuses tab %d: another worker is signed in\n", _pid); forget() }
#endif
#ifdef RELAY
        :: d_step { !quiet -> out = out | batch; printf("tab %d gives up on a request under way\n", _pid); forget() }
#endif
        fi
    od
}

#ifdef RELAY
proctype Carrier() {                         /* parcels leave the phone, and arrive when they like */
    byte answered, epoch, looked, one;
    mtype verdict;
    do
    :: d_step { !quiet && (WAITING & ~out) -> out = out | WAITING;
#ifdef CLEARED_ON_EXPORT
        cleared = made;
#endif
        printf("a parcel leaves with what waits; facts under way are now %d\n", out) }
    :: atomic { out ->
            if
            :: out & 1 -> one = 1
            :: out & 2 -> one = 2
            :: out & 4 -> one = 4
            fi;
            judge();
            d_step {
                looked = stored | held;
                printf("a parcel arrives in epoch %d\n", server_epoch);
                commit(one); one = 0; answered = 0; epoch = 0; looked = 0   /* its answer clears nothing here */
            }
        }
    :: d_step { !quiet && !alien -> alien = 1; printf("a forged parcel arrives under the uid of fact 1\n");
#ifdef UNSIGNED
        if
        :: !(KEPT & 1) -> stored = stored | 1; forged = true
        :: else
        fi;
#endif
        skip }
    od
}
#endif

proctype Desk() {                            /* supervisors, and whoever keeps the server */
    do
#ifdef HOLDING
#ifdef HELD_LOST_ON_ACCEPTANCE
    :: d_step { held & 1 -> held = held & ~1; busy++; printf("accepting: fact 1 leaves the quarantine\n") };
        if
        :: d_step { stored = stored | 1; busy--; follow() }
        :: d_step { !quiet -> printf("the server crashes before storing it\n"); busy-- }
        fi
#else
    :: d_step { held & 1 -> held = held & ~1; stored = stored | 1; printf("fact 1 is accepted and stored\n"); follow() }
#endif
#endif
#ifdef ERASING
    :: d_step { !quiet && ((stored | held) & 1) ->
        printf("fact 1 is erased\n");
        gone = 1;
#ifdef HELD_FORGOTTEN_ON_ERASURE
        erased = erased | (stored & 1);
#elif !defined(NO_TOMBSTONE)
        erased = 1;
#endif
        stored = stored & ~1;
        held = held & ~1;
        follow() }
#endif
    :: d_step { !quiet && restores < RESTORES ->
        backup_stored = stored; backup_held = held; printf("a backup is made: stored %d, held %d\n", stored, held);
#ifdef ERASURES_IN_BACKUP
        backup_erased = erased;
#endif
#ifdef NUMBER_FROM_BACKUP
        backup_epoch = server_epoch;
#endif
        skip }
    :: d_step { !quiet && restores < RESTORES ->
        restores++;
#ifdef ENDED
        ended[restores] = KEPT;
#endif
#ifdef ERASURES_IN_BACKUP
        erased = backup_erased;
#endif
        stored = backup_stored & ~erased;
        held = backup_held & ~erased;
#ifdef NUMBER_FROM_BACKUP
        server_epoch = backup_epoch + 1;
#else
        server_epoch++;
#endif
        printf("the backup is restored, epoch %d begins: stored %d, held %d\n", server_epoch, stored, held);
        follow();                            /* the erasure list may have let somebody go who waited */
        if
        :: restores == RESTORES -> backup_stored = 0; backup_held = 0   /* never looked at again: fewer states */
        :: else
        fi }
    od
}

inline send() {                              /* one clean exchange of the full round */
    d_step { batch = WAITING & HERS(who) };
    if
    :: ASKS ->
        atomic {
            judge();
            d_step {
                looked = stored | held;
                printf("the full round sends facts %d of worker %d\n", batch, who);
                commit(batch)
            }
        };
        d_step { hear(epoch); clear(epoch); batch = 0; answered = 0; epoch = 0; looked = 0 }
#ifdef NOT_ASKING
    :: else
#endif
    fi
}

proctype FullRound() {                       /* once the trouble is over: ask, then send, each worker in turn */
    byte batch, answered, epoch, looked;
    mtype verdict;
    d_step { quiet = true; printf("the trouble is over\n") };
#ifdef WORKERS
    if
    :: who = 0
    :: who = 1
    fi;
#endif
    send();
    send();                                  /* the first answer may have un-cleared more */
#ifdef WORKERS
    d_step { who = 1 - who };
    send();
#endif
    d_step {
        AT_REST ->
        lost = (made & ~KEPT) != 0;
        stuck = WAITING != 0;
        printf("after the full round: made %d, stored %d, held %d, erased %d\n", made, stored, held, erased)
    }
#ifdef REACHED                               /* is the end ever seen, with all facts told and every restore behind them? */
    ; reached = made == (1 << FACTS) - 1 && restores == RESTORES;
    assert(!reached)
#endif
}

active proctype Claims() {                   /* looks between any two transactions */
    if
    :: atomic { lost -> assert(!lost) }
    :: atomic { stuck -> assert(!stuck) }
    :: atomic { doubled -> assert(!doubled) }
    :: atomic { forged -> assert(!forged) }
    :: atomic { usurped -> assert(!usurped) }
    :: atomic { gone & (stored | held) -> reborn = true; assert(!reborn) }
#ifndef AT_THE_END                           /* these say sooner what the full round will show */
    :: atomic { cleared & ~KEPT_IN(phone_epoch) -> believed = true; assert(!believed) }
    :: atomic { NEXT(~KNOWN & 255) & stored -> early = true; assert(!early) }
    :: atomic { NEXT(KNOWN) & held -> left_behind = true; assert(!left_behind) }
#endif
    fi
}

init {
    byte tab;
    atomic {
        do
        :: tab < TABS -> run Tab(); tab++
        :: else -> break
        od;
        tab = 0;
        run Worker(); run Desk(); run FullRound();
#ifdef RELAY
        run Carrier()
#endif
    }
}
