"""Three screens for the first day of each role: a picture, a title, a sentence."""

from flask_babel import gettext as _


def tour_of(kinds):
    """The screens for somebody who holds these offices: [(picture, title, sentence)]."""
    for kind, screens in (("trainer", _trainer), ("chw", _chw), ("supervisor", _supervisor), ("midwife", _midwife)):
        if kind in kinds:
            return screens()
    return _official()


def _chw():
    return [
        ("healthicons:people/i_training_class", _("Enseigner un module"),
         _("Touchez « Modules », choisissez le module, lisez une carte à la fois. Le côté vert est pour vous.")),
        ("healthicons:symbols/community_meeting", _("Faire l’appel"),
         _("Après la séance, touchez « Toutes sauf… » et retirez les absentes. C’est enregistré une seule fois.")),
        ("healthicons:symbols/i_exam_multiple_choice", _("Vérifier ensemble"),
         _("Posez les questions à mains levées, ou une femme à la fois : elle touche l’image.")),
    ]  # fmt: skip


def _trainer():
    return [
        ("healthicons:objects/calendar", _("Préparer une formation"),
         _("Donnez les jours, les modules, et cochez qui est attendu.")),
        ("healthicons:symbols/i_documents_accepted", _("Faire l’appel chaque demi-journée"),
         _("La présence de chacune se calcule toute seule : il faut 80 % des minutes.")),
        ("healthicons:objects/i_certificate_paper", _("Imprimer les attestations"),
         _("Toutes en un seul PDF, dans l’ordre de la liste. Chacun peut vérifier un numéro.")),
    ]  # fmt: skip


def _supervisor():
    return [
        ("healthicons:people/health_worker", _("Vos agents de santé"),
         _("Créez un compte, donnez le code à usage unique : elle choisit son code PIN.")),
        ("healthicons:symbols/community_meeting", _("Vos groupements"),
         _("Voyez qui les suit ; confiez un groupement, déplacez un membre.")),
        ("healthicons:symbols/magnifying_glass", _("Trouver vite"),
         _("Cherchez un nom comme il vous vient : les écritures différentes se retrouvent.")),
    ]  # fmt: skip


def _midwife():
    return [
        ("healthicons:symbols/community_meeting", _("Les groupements de votre aire"),
         _("Voyez ce qui leur a été enseigné, et par qui.")),
        ("healthicons:people/i_training_class", _("Animer avec l’ASC"),
         _("Ouvrez un module et enseignez une carte à la fois.")),
        ("healthicons:symbols/i_exam_multiple_choice", _("Vérifier ensemble"),
         _("À mains levées, ou une femme à la fois.")),
    ]  # fmt: skip


def _official():
    return [
        ("healthicons:people/health_worker", _("Qui travaille où"),
         _("Les comptes se créent, se déplacent et se ferment ici.")),
        ("healthicons:symbols/community_meeting", _("Groupements et séances"),
         _("Au-dessus de l’aire de santé, les femmes sont montrées par leur code, jamais par leur nom.")),
        ("healthicons:objects/i_certificate_paper", _("Attestations"),
         _("Tout numéro se vérifie sur la page publique.")),
    ]  # fmt: skip
