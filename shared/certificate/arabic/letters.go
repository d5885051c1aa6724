package arabic

// forms are the presentation forms of one letter (Unicode blocks Arabic
// Presentation Forms-A and -B). A letter that joins only the one before it has
// no initial and medial form; hamza joins neither. The isolated form is the
// letter itself.
type forms struct {
	final, initial, medial rune
}

func (f forms) joinsNext() bool { return f.initial != 0 }

func (f forms) joinsPrevious() bool { return f.final != 0 }

// letters holds every letter to which Unicode gives presentation forms. Others
// are left as they are and join nothing.
var letters = map[rune]forms{
	0x0621: {},                                               // hamza
	0x0622: {final: 0xFE82},                                  // alef with madda above
	0x0623: {final: 0xFE84},                                  // alef with hamza above
	0x0624: {final: 0xFE86},                                  // waw with hamza above
	0x0625: {final: 0xFE88},                                  // alef with hamza below
	0x0626: {final: 0xFE8A, initial: 0xFE8B, medial: 0xFE8C}, // yeh with hamza above
	0x0627: {final: 0xFE8E},                                  // alef
	0x0628: {final: 0xFE90, initial: 0xFE91, medial: 0xFE92}, // beh
	0x0629: {final: 0xFE94},                                  // teh marbuta
	0x062A: {final: 0xFE96, initial: 0xFE97, medial: 0xFE98}, // teh
	0x062B: {final: 0xFE9A, initial: 0xFE9B, medial: 0xFE9C}, // theh
	0x062C: {final: 0xFE9E, initial: 0xFE9F, medial: 0xFEA0}, // jeem
	0x062D: {final: 0xFEA2, initial: 0xFEA3, medial: 0xFEA4}, // hah
	0x062E: {final: 0xFEA6, initial: 0xFEA7, medial: 0xFEA8}, // khah
	0x062F: {final: 0xFEAA},                                  // dal
	0x0630: {final: 0xFEAC},                                  // thal
	0x0631: {final: 0xFEAE},                                  // reh
	0x0632: {final: 0xFEB0},                                  // zain
	0x0633: {final: 0xFEB2, initial: 0xFEB3, medial: 0xFEB4}, // seen
	0x0634: {final: 0xFEB6, initial: 0xFEB7, medial: 0xFEB8}, // sheen
	0x0635: {final: 0xFEBA, initial: 0xFEBB, medial: 0xFEBC}, // sad
	0x0636: {final: 0xFEBE, initial: 0xFEBF, medial: 0xFEC0}, // dad
	0x0637: {final: 0xFEC2, initial: 0xFEC3, medial: 0xFEC4}, // tah
	0x0638: {final: 0xFEC6, initial: 0xFEC7, medial: 0xFEC8}, // zah
	0x0639: {final: 0xFECA, initial: 0xFECB, medial: 0xFECC}, // ain
	0x063A: {final: 0xFECE, initial: 0xFECF, medial: 0xFED0}, // ghain
	0x0641: {final: 0xFED2, initial: 0xFED3, medial: 0xFED4}, // feh
	0x0642: {final: 0xFED6, initial: 0xFED7, medial: 0xFED8}, // qaf
	0x0643: {final: 0xFEDA, initial: 0xFEDB, medial: 0xFEDC}, // kaf
	0x0644: {final: 0xFEDE, initial: 0xFEDF, medial: 0xFEE0}, // lam
	0x0645: {final: 0xFEE2, initial: 0xFEE3, medial: 0xFEE4}, // meem
	0x0646: {final: 0xFEE6, initial: 0xFEE7, medial: 0xFEE8}, // noon
	0x0647: {final: 0xFEEA, initial: 0xFEEB, medial: 0xFEEC}, // heh
	0x0648: {final: 0xFEEE},                                  // waw
	0x0649: {final: 0xFEF0, initial: 0xFBE8, medial: 0xFBE9}, // alef maksura
	0x064A: {final: 0xFEF2, initial: 0xFEF3, medial: 0xFEF4}, // yeh
	0x0671: {final: 0xFB51},                                  // alef wasla
	0x0679: {final: 0xFB67, initial: 0xFB68, medial: 0xFB69}, // tteh
	0x067A: {final: 0xFB5F, initial: 0xFB60, medial: 0xFB61}, // tteheh
	0x067B: {final: 0xFB53, initial: 0xFB54, medial: 0xFB55}, // beeh
	0x067E: {final: 0xFB57, initial: 0xFB58, medial: 0xFB59}, // peh
	0x067F: {final: 0xFB63, initial: 0xFB64, medial: 0xFB65}, // teheh
	0x0680: {final: 0xFB5B, initial: 0xFB5C, medial: 0xFB5D}, // beheh
	0x0683: {final: 0xFB77, initial: 0xFB78, medial: 0xFB79}, // nyeh
	0x0684: {final: 0xFB73, initial: 0xFB74, medial: 0xFB75}, // dyeh
	0x0686: {final: 0xFB7B, initial: 0xFB7C, medial: 0xFB7D}, // tcheh
	0x0687: {final: 0xFB7F, initial: 0xFB80, medial: 0xFB81}, // tcheheh
	0x0688: {final: 0xFB89},                                  // ddal
	0x068C: {final: 0xFB85},                                  // dahal
	0x068D: {final: 0xFB83},                                  // ddahal
	0x068E: {final: 0xFB87},                                  // dul
	0x0691: {final: 0xFB8D},                                  // rreh
	0x0698: {final: 0xFB8B},                                  // jeh
	0x06A4: {final: 0xFB6B, initial: 0xFB6C, medial: 0xFB6D}, // veh
	0x06A6: {final: 0xFB6F, initial: 0xFB70, medial: 0xFB71}, // peheh
	0x06A9: {final: 0xFB8F, initial: 0xFB90, medial: 0xFB91}, // keheh
	0x06AD: {final: 0xFBD4, initial: 0xFBD5, medial: 0xFBD6}, // ng
	0x06AF: {final: 0xFB93, initial: 0xFB94, medial: 0xFB95}, // gaf
	0x06B1: {final: 0xFB9B, initial: 0xFB9C, medial: 0xFB9D}, // ngoeh
	0x06B3: {final: 0xFB97, initial: 0xFB98, medial: 0xFB99}, // gueh
	0x06BA: {final: 0xFB9F},                                  // noon ghunna
	0x06BB: {final: 0xFBA1, initial: 0xFBA2, medial: 0xFBA3}, // rnoon
	0x06BE: {final: 0xFBAB, initial: 0xFBAC, medial: 0xFBAD}, // heh doachashmee
	0x06C0: {final: 0xFBA5},                                  // heh with yeh above
	0x06C1: {final: 0xFBA7, initial: 0xFBA8, medial: 0xFBA9}, // heh goal
	0x06C5: {final: 0xFBE1},                                  // kirghiz oe
	0x06C6: {final: 0xFBDA},                                  // oe
	0x06C7: {final: 0xFBD8},                                  // u
	0x06C8: {final: 0xFBDC},                                  // yu
	0x06C9: {final: 0xFBE3},                                  // kirghiz yu
	0x06CB: {final: 0xFBDF},                                  // ve
	0x06CC: {final: 0xFBFD, initial: 0xFBFE, medial: 0xFBFF}, // farsi yeh
	0x06D0: {final: 0xFBE5, initial: 0xFBE6, medial: 0xFBE7}, // e
	0x06D2: {final: 0xFBAF},                                  // yeh barree
	0x06D3: {final: 0xFBB1},                                  // yeh barree with hamza above
}

// ligature is lam followed by an alef: one obligatory form.
type ligature struct {
	isolated, final rune
}

var lamAlef = map[rune]ligature{
	0x0622: {isolated: 0xFEF5, final: 0xFEF6},
	0x0623: {isolated: 0xFEF7, final: 0xFEF8},
	0x0625: {isolated: 0xFEF9, final: 0xFEFA},
	0x0627: {isolated: 0xFEFB, final: 0xFEFC},
}
