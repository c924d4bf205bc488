// @ts-check
// Answers to exercises: read what was typed, judge it as Python's `check` does, and say what is wrong. The right values
// and the usual mistakes come from Python; the rules for all exercises are mirrored from exercises/comparing.py, and a
// test holds both to the same words.
{
  /** @typedef {number | number[] | string | string[]} Value */
  /**
   * @typedef {object} Part
   * @property {string} name
   * @property {"number" | "list" | "shape" | "text" | "words"} kind
   * @property {Value} value
   * @property {number} [rtol]
   * @property {number} [atol]
   * @property {boolean} [logarithm]
   * @property {boolean} [share]
   * @property {boolean} [follows] whether it follows from the parts before it and is judged once they are right
   * @property {string[]} [spare] words that may stand beside the name that is asked for
   * @property {Record<string, Value>} mistakes wrong values by their hint
   */
  /**
   * @typedef {object} Verdict
   * @property {string} hint nothing where the answer is right
   * @property {boolean[]} wrong by part
   * @property {boolean} unknown whether no usual mistake was recognised
   */

  const NAMES = new Map(Object.entries({
    "pi": Math.PI, "π": Math.PI, "e": Math.E, "infinity": Infinity, "inf": Infinity, "∞": Infinity, "nan": NaN,
  }));
  const FUNCTIONS = new Map(Object.entries({
    log10: Math.log10, log2: Math.log2, log: Math.log, ln: Math.log, exp: Math.exp, sqrt: Math.sqrt, "√": Math.sqrt,
    abs: Math.abs, log1p: Math.log1p, tanh: Math.tanh, artanh: Math.atanh, atanh: Math.atanh, arctanh: Math.atanh,
    logaddexp: (/** @type {number} */ u) => Math.max(u, 0) + Math.log1p(Math.exp(-Math.abs(u))), // of 0 and u
  }));
  const TOKEN = new RegExp(
    String.raw`\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)` +
    String.raw`|(?<name>log(?:10|2)(?=\s*\()|log1p|logaddexp|(?:ar|a|arc)?tanh|log` +
    String.raw`|ln|exp|sqrt|√|abs|pi|π|infinity|inf|∞|nan|e)|(?<sign>\S)|$)`, "y");
  /** What people type in place of the signs that are read. @type {[RegExp, string][]} */
  const SPELLINGS = [
    [/[−–—]/g, "-"], [/[×·⋅]/g, "*"], [/[÷⁄]/g, "/"], [/\*\*/g, "^"], [/²/g, "^2"], [/³/g, "^3"],
    [/\b(?:np|math)\./g, ""], [/\bminus\b/g, "-"], [/\blogaddexp\(\s*0\s*,/g, "logaddexp("], [/,\s+/g, ";"],
  ];

  /** What follows a function of something without brackets and might belong to it, as in log 1/2 and log 2^3. */
  const BELONGS = /^\s*(?:[*/](?!\s*(?:log|ln|exp))|[\^(]|e|pi|π)/;
  const TWO_WAYS = "can be read in two ways. Use brackets, as in log(a/b) or log(a)/b.";

  /** @param {string} reason what is said of the text that was typed */
  const refuse = (reason = "") => {
    throw new SyntaxError(reason);
  };

  /** Reads one number or formula. */
  class Reader {
    /** @param {string} text */
    constructor(text) {
      this.text = text;
      this.end = 0;
      this.next();
    }

    /** Go on to the next token. */
    next() {
      this.rest = this.text.slice(this.end);
      TOKEN.lastIndex = this.end;
      const { number = "", name = "", sign = "" } = TOKEN.exec(this.text)?.groups ?? {};
      Object.assign(this, { number, name, sign });
      this.end = TOKEN.lastIndex;
    }

    number = "";
    name = "";
    sign = "";
    rest = "";

    /** Whether the next token is one of these signs, which is then passed. @param {string} signs */
    take(signs) {
      const taken = this.sign !== "" && signs.includes(this.sign) ? this.sign : "";
      if (taken) this.next();
      return taken;
    }

    /** The whole text. */
    all() {
      const value = this.sum();
      if (this.number || this.name || this.sign) refuse();
      return value;
    }

    /** @returns {number} */
    sum() {
      let value = this.product();
      for (let sign; (sign = this.take("+-"));) value += sign === "+" ? this.product() : -this.product();
      return value;
    }

    product() {
      let value = this.signed();
      for (;;) {
        const sign = this.take("*/");
        if (sign === "/") value /= this.signed();
        else if (sign || this.name || this.sign === "(") value *= this.signed();
        else return value;
      }
    }

    /** @returns {number} */
    signed() {
      const sign = this.take("+-");
      if (sign) return sign === "-" ? -this.signed() : this.signed();
      const base = this.atom();
      return this.take("^") ? base ** this.signed() : base;
    }

    atom() {
      let value = this.unit();
      while (this.take("%")) value /= 100;
      return value;
    }

    /** @returns {number} */
    unit() {
      const { number, name } = this;
      if (number || name) this.next();
      if (number) return Number(number);
      const constant = NAMES.get(name);
      if (constant !== undefined) return constant;
      const apply = FUNCTIONS.get(name);
      if (apply) {
        const open = name !== "√" && !/^\s*[([]/.test(this.rest);
        const value = apply(this.take("-") ? -this.atom() : this.atom());
        return open && BELONGS.test(this.rest) ? refuse(TWO_WAYS) : value;
      }
      if (!this.take("([")) refuse();
      const value = this.sum();
      if (!this.take(")]")) refuse();
      return value;
    }
  }

  /** A text without brackets around all of it. @param {string} text */
  const unwrapped = text => {
    const inner = /^[([](.*)[)\]]$/.exec(text)?.[1];
    if (inner === undefined) return text;
    let depth = 0;
    for (const sign of inner) {
      depth += Number("([".includes(sign)) - Number(")]".includes(sign));
      if (depth < 0) return text;
    }
    return inner;
  };

  /**
   * Numbers with points for decimals. Three digits after a comma may be decimals or thousands, unless all are 0.
   * @param {string} text
   */
  const pointed = text => text.replace(/(^|[^\d.,])([1-9]\d{0,2}(?:,\d{3})+)(?![\d,])/g, (_, before, digits) => {
    if (!digits.endsWith(",000")) refuse("can be read in two ways. Write 1234 for thousands, and 1.234 for decimals.");
    return before + digits.replaceAll(",", "");
  }).replace(/(\d),(?=\d)/g, "$1.");

  /**
   * Numbers between semicolons, commas or spaces. In a list without any other separator each comma is one.
   * @param {string} typed
   * @param {boolean} list
   */
  const numbers = (typed, list) => {
    /** @param {string} _ @param {string} whole @param {string} part such as ½ */
    const mixed = (_, whole, part) => `(${whole || 0}+${part.normalize("NFKC")})`;
    let text = unwrapped(typed).replace(/[;,]\s*$/, "").replace(/(\d*)([¼-¾⅐-⅞])/g, mixed);
    for (const [spelling, sign] of SPELLINGS) text = text.replace(spelling, sign);
    if (!list && /^[-+]?\d{1,3}(?:\s\d{3})+$/.test(text)) text = text.replace(/\s/g, ""); // 10 000
    if (!text.includes(";")) {
      text = text.replace(list ? /([\d.)%])\s+(?=[-+]?[\w.(√])/g : /([\d.)%])\s+(?=[\d.])/g, "$1;");
    }
    if (list && !text.includes(";")) text = text.replaceAll(",", ";");
    return pointed(text).split(";").map(each => new Reader(each).all());
  };

  /** A shape: one whole number without brackets and comma stays a number. @param {string} typed */
  const shape = typed => {
    const bare = /^\(?(\d+)\)?$/.exec(typed);
    if (bare) return Number(bare[1]);
    const lengths = /^[([]?([\d\s,;×x]*)[)\]]?$/.exec(typed)?.[1];
    if (lengths === undefined) return refuse();
    return (lengths.match(/\d+/g) ?? []).map(Number);
  };

  /** The words of a text, without hyphens, quotes and full stops. @param {string} text */
  const split = text => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

  /**
   * What was typed for a part.
   * @param {Part} part
   * @param {string} text
   * @returns {Value}
   * @throws {SyntaxError} where it cannot be read
   */
  const read = ({ kind }, text) => {
    const typed = text.toLowerCase().replace(/^.*[=≈]/, "").trim(); // as in d = 19
    if (kind === "text") return typed;
    if (kind === "words") return split(typed);
    if (kind === "shape") return shape(typed);
    const values = numbers(typed, kind === "list");
    return values.length === 1 ? values[0] : values;
  };

  /** @param {Value} value @returns {number[]} infinities and nan come as text */
  const flat = value => [value].flat().map(Number);

  /** Whether all are close, as `np.isclose` has it. @param {number[]} a @param {number[]} b @param {Part} part */
  const close = (a, b, { rtol = 0, atol = 0 }, sameNaN = false) => a.every((value, i) => {
    const other = b[i];
    const near = Number.isFinite(other) && Math.abs(value - other) <= atol + rtol * Math.abs(other);
    return near || value === other || (sameNaN && Number.isNaN(value) && Number.isNaN(other));
  });

  /** Six digits, as Python's format `.6g` writes them. @param {number} value */
  const sixDigits = value => {
    if (value === 0) return Object.is(value, 0) ? "0" : "-0";
    const long = value.toExponential(40);
    const tie = /^-?\d\.(\d{5})50*e/.exec(long); // half a last digit: Python makes it even, JavaScript larger
    const short = tie && Number(tie[1]) % 2 === 0 ? long.replace(/50*e/, "e") : value.toExponential(5);
    const [digits, exponent] = short.split("e").map(Number);
    if (exponent >= -4 && exponent < 6) return String(Number(short));
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  };

  /**
   * Whether what came was rounded to some digits after the point, a half either way, and not to 0.
   * @param {number[]} came
   * @param {number[]} right
   */
  const isRounded = (came, right) => [...came, ...right].every(Number.isFinite) && [0, 1, 2, 3, 4, 5].some(places => {
    const at = came.map(value => Math.round(value * 10 ** places) / 10 ** places);
    return at.some(Boolean) && close(came, at, /** @type {Part} */ ({ rtol: 1e-12, atol: 1e-12 })) &&
      at.every((value, i) => Math.abs(value - right[i]) <= (0.5 + 1e-9) / 10 ** places);
  });

  /** @param {number[]} came @param {number[]} right @returns {string[]} */
  const notFinite = (came, right) => {
    const bad = came.filter(Number.isNaN).length;
    if (bad) return [`nan came in ${bad} of ${came.length} values: look for 0/0, inf - inf or the log of a negative.`];
    const infinite = came.some((value, i) => Math.abs(value) === Infinity && Number.isFinite(right[i]));
    if (!infinite) return [];
    return ["inf came where a finite number belongs: look for an overflow, a log of 0 or a division by 0."];
  };

  /** @param {number[]} came @param {number[]} right @param {Part} part @returns {string[]} */
  const factors = (came, right, part) => {
    /** @param {string} base */
    const logarithm = base => `that is a logarithm to base ${base}. Take natural logarithms, \`np.log\`.`;
    /** @type {[number, string][]} */
    const known = [[-1, "the size is right and the sign is not."]];
    if (part.share) known.push([100, "a hundred times too large. A share is asked for, not per cent."]);
    if (part.logarithm) {
      for (const sign of [1, -1]) known.push([sign / Math.LN10, logarithm("10")], [sign / Math.LN2, logarithm("2")]);
    }
    if (right.every(value => value === 0)) return [];
    return known.filter(([factor]) => close(came, right.map(value => factor * value), part)).map(([, hint]) => hint);
  };

  const UNKNOWN = /^not right\.$|none of the usual mistakes/;

  /** @param {Value} value @param {Part} part @returns {string} */
  const shapeFault = (value, part) => {
    if (typeof value === "number") return `the number ${value} came. A shape is a tuple: (${value},), with a comma.`;
    const [came, right] = [flat(value), flat(part.value)];
    if (String(came) === String(right)) return "";
    const known = Object.entries(part.mistakes).find(([, wrong]) => String(wrong) === String(came));
    if (known) return known[0];
    if (came.length === right.length) return "one of the lengths is another.";
    return `${came.length} lengths came, ${right.length} asked for.`;
  };

  /** Another number of numbers than is asked for. @param {Value} value @param {Part} part @returns {string} */
  const sizeFault = (value, part) => {
    const came = Array.isArray(value) ? value.length : 0;
    const right = Array.isArray(part.value) ? part.value.length : 0;
    if (came === right) return "";
    const start = `${came ? `${came} numbers` : "one number"} came, ${right ? `${right} are` : "one is"} asked for. `;
    if (!right) return `${start}Is a sum or a mean missing?`;
    if (!came) return `${start}Something was summed or averaged that should stay apart.`;
    if (came === right - 1) return `${start}One is missing, such as the intercept or the start.`;
    if (came === right + 1) return `${start}One is too many, such as the intercept.`;
    return `${start}Compare the shapes with those in the exercise.`;
  };

  /** @param {Value} value @param {Part} part @returns {string[]} */
  const wordFault = (value, part) => {
    /** What is named, however it is spelled. @param {Value} named */
    const key = named => {
      const words = split([named].flat().join(" ")).filter(word => !part.spare?.includes(word));
      return part.kind === "text" ? words.join("") : [...new Set(words)].sort().join(" ");
    };
    if (key(value) === key(part.value)) return [];
    const known = Object.keys(part.mistakes).filter(hint => key(part.mistakes[hint]) === key(value));
    return known.length ? known : ["not right."];
  };

  /** What may be wrong, the most telling hint first. @param {Value} value @param {Part} part @returns {string[]} */
  const faults = (value, part) => {
    if (part.kind === "shape") return [shapeFault(value, part)].filter(Boolean);
    if (part.kind === "text" || part.kind === "words") return wordFault(value, part);
    const size = sizeFault(value, part);
    if (size) return [size];
    const [came, right] = [flat(value), flat(part.value)];
    if (close(came, right, part)) return [];
    const usual = Object.entries(part.mistakes).filter(([, wrong]) => close(came, flat(wrong), part, true));
    const hints = [...usual.map(([hint]) => hint), ...notFinite(came, right), ...factors(came, right, part)];
    if (hints.length) return hints;
    if (isRounded(came, right)) return ["close, but rounded too far. Give more digits."];
    const start = Array.isArray(value) ? "the numbers are" : `${sixDigits(came[0])} came, which is`;
    return [`${start} not right, and none of the usual mistakes. Work through it once more, one step at a time.`];
  };

  /** Whether each value is right for some part, and none for the same. @param {Value[]} values @param {Part[]} parts */
  const reordered = (values, parts) => {
    const left = [...parts];
    return values.every(value => {
      const met = left.findIndex(part => !faults(value, part).length);
      return met >= 0 && left.splice(met, 1);
    });
  };

  /** A text with a capital letter, unless it begins with a symbol or with code: W is not w. @param {string} text */
  const sentence = text =>
    text.replace(/^(?!(?:nan|inf)\b)(?:[A-Za-z](?=[A-Za-z]+(?:[-\s,.:'’]|$))|a(?= ))/, first => first.toUpperCase());

  /** @param {Part[]} parts @param {Value[]} values one for each part @returns {Verdict} */
  const judge = (parts, values) => {
    /** @type {string[][]} */
    const found = [];
    for (const [i, part] of parts.entries()) {
      found.push(part.follows && found.some(hints => hints.length) ? [] : faults(values[i], part));
    }
    const wrong = found.map(hints => hints.length > 0);
    if (!wrong.includes(true)) return { hint: "", wrong, unknown: false };
    if (parts.length > 1 && reordered(values, parts)) {
      const order = parts.map(({ name }) => name).join(", ");
      return { hint: `not yet. The right values in another order. The order is (${order}).`, wrong, unknown: false };
    }
    // One slip is likelier than several, so a hint that fits all that is wrong comes first.
    const failed = found.filter(hints => hints.length);
    /** @param {string[]} hints */
    const first = hints => hints.find(hint => failed.every(others => others.includes(hint))) ?? hints[0];
    const told = parts.flatMap(({ name }, i) => (wrong[i] ? [sentence(`${name}: ${first(found[i])}`)] : []));
    return { hint: `not yet. ${told.join(" ")}`, wrong, unknown: found.some(([hint = ""]) => UNKNOWN.test(hint)) };
  };

  /** The element around an exercise's form. */
  class Answer extends HTMLElement {
    static judge = judge;
    static read = read;
    parts = /** @type {Part[]} */ ([]);
    /** Answers in which no usual mistake was recognised. @type {Set<string>} */
    unknown = new Set();

    connectedCallback() {
      if ("ready" in this.dataset) return;
      this.parts = JSON.parse(this.querySelector("template")?.content.textContent ?? "");
      this.querySelector("form")?.addEventListener("submit", event => {
        event.preventDefault();
        this.check();
      });
      for (const fields of this.querySelectorAll("fieldset")) fields.disabled = false;
      this.dataset.ready = "";
    }

    /** Judge what has been typed, and say so. */
    check() {
      const typed = [...this.querySelectorAll("input")].map((input, i) => this.readInput(input, this.parts[i]));
      const problems = typed.map(({ problem = "" }) => problem);
      if (problems.some(Boolean)) this.say(problems.filter(Boolean).join(" "), problems.map(Boolean));
      else this.tell(typed.map(({ value = "" }) => value));
    }

    /**
     * @param {HTMLInputElement} input
     * @param {Part} part
     * @returns {{value?: Value, problem?: string}}
     */
    readInput(input, part) {
      const help = document.getElementById(input.getAttribute("aria-describedby") ?? "")?.textContent;
      const text = input.value.trim();
      if (!text) return { problem: sentence(`${part.name}: no answer yet. ${help}`) };
      try {
        return { value: read(part, text) };
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return { problem: sentence(`${part.name}: “${text}” ${error.message || `cannot be read. ${help}`}`) };
      }
    }

    /** @param {Value[]} values */
    tell(values) {
      const { hint, wrong, unknown } = judge(this.parts, values);
      if (unknown) this.unknown.add(JSON.stringify(values));
      this.say(hint ? sentence(hint) : "Right.", wrong);
      this.toggleAttribute("data-right", !hint);
      this.querySelector("[data-again]")?.toggleAttribute("hidden", !hint || this.unknown.size < 2);
      if (hint) return;
      const detail = { exercise: this.dataset.exercise };
      document.dispatchEvent(new CustomEvent("logreg:solved", { detail }));
    }

    /** @param {string} text in which backticks stand around code @param {boolean[]} wrong by part */
    say(text, wrong) {
      const nodes = text.split("`").map((piece, i) => {
        const node = document.createElement(i % 2 ? "code" : "span");
        node.textContent = piece;
        return node;
      });
      this.querySelector("[role=status] p")?.replaceChildren(...nodes);
      this.querySelectorAll("input").forEach((input, i) => input.setAttribute("aria-invalid", String(wrong[i])));
      this.removeAttribute("data-right");
    }
  }

  if (!customElements.get("lr-answer")) customElements.define("lr-answer", Answer);
}
