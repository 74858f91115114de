/** Words that names of demo customers are made of. */
export const WORDS = Object.freeze({
  given: list(
    'Aino Alba Aleksander Amélie Andrea Anna Antoine Ayşe Beatriz Ben Björn Bruno Carla Chiara Ciarán Clara Daan David Dorota Elena Élodie Emil Emma Eoin Erik Fatima Felix Femke Freja Georg Giulia Hanna Hélène Henrik Hugo Ida Ines Irène Iwona Jakub Jan Jens Joanna Johanna Jonas José Julia Jürgen Karin Katarzyna Kilian Klára Lara Lars Laura Léa Lena Lotte Luca Lucía Luis Łukasz Maeve Magnus Maja Manuel Marco María Marta Martin Mateusz Matteo Mia Mikael Miriam Nadia Nicolas Niels Niamh Nora Olga Oliver Óscar Otto Paula Pedro Peter Petra Philippe Piotr Rafael Rosa Ruth Saskia Simon Sofia Søren Stefan Susanne Sven Tereza Theo Thomas Tomás Ursula Valérie Vera Viktor Werner Yusuf Zofia',
  ),
  family: list(
    "Adler Almeida Andersson Aydın Bäcker Bakker Baumann Becker Berg Bernard Bianchi Björklund Blanc Boyle Brandt Brennan Bruno Byrne Carvalho Castro Christensen Colombo Conti Costa D'Amico D'Angelo De_Jong De_Vries Delgado Dubois Dupont Dvořák Eriksson Esposito Fábián Ferrari Fischer Flores Fontaine Fournier Fuchs Gallo García Geiger Gómez Greco Groß Gruber Gustafsson Haas Hahn Hansen Hartmann Hernández Hofer Hoffmann Horváth Huber Jankowski Jansen Jensen Johansson Kaiser Kamiński Karlsson Keller Kelly Klein Koch König Kowalczyk Kowalski Krämer Kühn Lambert Larsen Leroy L'Hôte Lindqvist Lombardi López Lorenz Lundgren Maier Marino Martínez Mayer Meijer Mercier Meyer Møller Moreau Moreno Moretti Müller Murphy Navarro Nielsen Nilsson Novák Nowak O'Brien O'Connor O'Neill O'Sullivan Öberg Ortega Peeters Pereira Petersen Petit Pfeiffer Quinn Ramos Ricci Richter Rivera Rodríguez Romano Rossi Rousseau Ruiz Ryan Santos Schäfer Schmid Schmitt Schneider Schröder Schulz Silva Sørensen Sousa Steiner Strauß Svensson Szymański Torres Van_Dijk Vidal Vogel Wagner Walsh Weber Weiß Wiśniewski Wójcik Wolf Zieliński Zimmermann",
  ),
  trade: list(
    'Logistics Bakery Engineering Textiles Consulting Pharma Timber Foods Printing Optics Tools Ceramics Travel Media Gardens Instruments Packaging Metals Dental Marine',
  ),
  legal: list('GmbH AG SARL S.p.A. B.V. AB Ltd'),
  authority: list('City_of Municipality_of District_of University_of Public_Library_of Hospital_of'),
  place: list(
    "Ahlbeck Altenau Årholm Bellavista Birkenfeld Bréval Castelnuovo Dunmore Ebersberg Fontenay Gródek Hallein Île-d'Aix Jávea Kilrush Lindau Malmby Nørrevang Oud-Zuilen Pörtschach Quimperlé Rosendal Saint-Cyr Sölvesborg Valdemoro Wädenswil Zakopane",
  ),
});

/** The part of an e-mail address for a name: lower-case ASCII letters. */
export function mailPart(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/ß/g, 'ss')
    .replace(/ø/g, 'o')
    .replace(/ł/g, 'l')
    .replace(/ı/g, 'i')
    .replace(/[^a-z]/g, '');
}

/** An SQL list of texts. */
export function textList(texts: readonly string[]): string {
  return `[${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')}]`;
}

function list(words: string): readonly string[] {
  return Object.freeze(words.split(' ').map((word) => word.replaceAll('_', ' ')));
}
