"""Names of the demo: a few, so that namesakes abound as they do in a village."""

FAMILIES = ("Traoré", "Coulibaly", "Diarra", "Keïta", "Konaté", "Sidibé", "Diallo", "Sangaré", "Dembélé", "Doumbia",
            "Cissé", "Touré", "Kɔnɛ")  # fmt: skip
WOMEN = ("Fatoumata", "Aminata", "Mariam", "Awa", "Kadiatou", "Oumou", "Djénéba", "Assitan", "Bintou", "Sitan", "Rokia",
         "Fanta", "Ɲɛnɛba", "Sɛtu", "Nana", "Hawa", "Safiatou", "Korotoumou")  # fmt: skip
MEN = ("Moussa", "Seydou", "Oumar", "Bakary", "Amadou", "Modibo", "Drissa", "Yacouba")
GROUPS = ("Benkadi", "Sabugnuma", "Jigisɛmɛ", "Ɲɛtaa", "Hɛrɛmakɔnɔ", "Badenya", "Dɛmɛ", "Kanuya", "Sinsinbɛrɛ", "Jɛkafo",
          "Faso kanu", "Lafia", "Musow ka jigi", "Sabali", "Ɲɛsigi", "Baarakɛ")  # fmt: skip
