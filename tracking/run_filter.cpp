#include "tracking/run_filter.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "base/time_text.h"
#include "search/outcome.h"

namespace quantrail::tracking {

struct RunFilter::Node {
  enum class Kind { All, Any, Not, Word };
  Kind kind = Kind::All;
  std::vector<std::shared_ptr<const Node>> of{};
  std::function<bool(const RunFacts&)> matches{};  ///< of a Word
};

namespace {

using Node = RunFilter::Node;
using NodePtr = std::shared_ptr<const Node>;

constexpr std::size_t kDeepest = 50;

std::string lowered(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// A word of the filter; `quoted`: stood in quotes as a whole.
struct Word {
  std::string text{};
  bool quoted = false;
};

Result<std::vector<Word>> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (std::isspace(static_cast<unsigned char>(c)) != 0) {
      ++at;
    } else if (c == '(' || c == ')' || c == '|') {
      words.push_back({std::string(1, c), false});
      ++at;
    } else {
      Word word{.quoted = c == '"'};
      bool inside = false;
      for (; at < text.size(); ++at) {
        const char letter = text[at];
        if (letter == '"') {
          inside = !inside;
        } else if (!inside && (std::isspace(static_cast<unsigned char>(letter)) != 0 || letter == '(' ||
                               letter == ')' || letter == '|')) {
          break;
        } else {
          word.text += letter;
        }
      }
      if (inside) return fail(Cause::InvalidInput, "filter: a quote is not closed in {}", printable(text));
      words.push_back(std::move(word));
    }
  }
  return words;
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::optional<double> real_of(std::string_view text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// "90s", "15m", "4h", "2d", in seconds; a bare number is seconds.
std::optional<double> seconds_of(std::string_view text) {
  constexpr std::array<std::pair<char, double>, 5> kUnits{
      {{'s', 1.0}, {'m', 60.0}, {'h', 3600.0}, {'d', 86400.0}, {'w', 604800.0}}};
  for (const auto& [unit, seconds] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto value = real_of(text.substr(0, text.size() - 1));
    return value ? std::optional(*value * seconds) : std::nullopt;
  }
  return real_of(text);
}

/// All texts that a value is.
std::vector<std::string> texts_of(const RunField& field, const FieldValue& value) {
  if (const auto* several = std::get_if<std::vector<std::string>>(&value)) return *several;
  if (std::holds_alternative<std::monostate>(value)) return {};
  return {shown(field, value)};
}

/// The few values of some fields; none: it can have any.
std::vector<std::string> known_values(std::string_view field) {
  std::vector<std::string> known;
  if (field == "state") {
    for (const auto state : {RunState::Queued, RunState::Running, RunState::Paused, RunState::Stopping,
                             RunState::Interrupted, RunState::Done, RunState::Failed, RunState::Unknown}) {
      known.emplace_back(name_of(state));
    }
  } else if (field == "outcome") {
    for (const auto one : {Outcome::Met, Outcome::NotMet, Outcome::NothingToDo}) known.emplace_back(name_of(one));
  } else if (field == "star") {
    known = {"*"};
  }
  return known;
}

/// state:runing would match no run, now or ever.
Status check_known(std::string_view field, const std::string& value) {
  const auto known = known_values(field);
  if (known.empty() || std::find(known.begin(), known.end(), lowered(value)) != known.end()) return {};
  return fail(Cause::InvalidInput, "filter: there is no {} \"{}\"{}; known are {}", field, printable(value),
              did_you_mean(value, known), joined(known, ", "));
}

enum class Comparison { Equal, Unequal, Less, LessOrEqual, Greater, GreaterOrEqual };

template <class Value>
bool holds(const Value& left, Comparison comparison, const Value& right) {
  switch (comparison) {
    case Comparison::Equal: return left == right;
    case Comparison::Unequal: return left != right;
    case Comparison::Less: return left < right;
    case Comparison::LessOrEqual: return left <= right;
    case Comparison::Greater: return left > right;
    case Comparison::GreaterOrEqual: return left >= right;
  }
  return false;
}

bool lies(double moment, Comparison comparison, const Period& period) {
  const auto first = static_cast<double>(period.first_ms);
  const auto end = static_cast<double>(period.end_ms);
  switch (comparison) {
    case Comparison::Equal: return first <= moment && moment < end;
    case Comparison::Unequal: return moment < first || end <= moment;
    case Comparison::Less: return moment < first;
    case Comparison::LessOrEqual: return moment < end;
    case Comparison::Greater: return end <= moment;
    case Comparison::GreaterOrEqual: return first <= moment;
  }
  return false;
}

bool compares(const RunField& field, const FieldValue& value, Comparison comparison, const std::string& with) {
  const auto texts = texts_of(field, value);
  if (texts.empty()) return comparison == Comparison::Unequal;
  const auto right = field.name == "age" ? seconds_of(with) : real_of(with);
  const auto* exact = std::get_if<double>(&value);
  if (comparison == Comparison::Unequal) {
    return std::none_of(texts.begin(), texts.end(), [&](const std::string& text) {
      const auto left = exact != nullptr ? std::optional(*exact) : real_of(text);
      return left && right ? *left == *right : text == with;
    });
  }
  return std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
    const auto left = exact != nullptr ? std::optional(*exact) : real_of(text);
    return left && right ? holds(*left, comparison, *right) : holds(text, comparison, with);
  });
}

struct Operator {
  std::string_view sign{};
  Comparison comparison = Comparison::Equal;
};
constexpr std::array<Operator, 6> kOperators{{{"<=", Comparison::LessOrEqual},
                                              {">=", Comparison::GreaterOrEqual},
                                              {"!=", Comparison::Unequal},
                                              {"=", Comparison::Equal},
                                              {"<", Comparison::Less},
                                              {">", Comparison::Greater}}};

class Parser {
 public:
  Parser(std::vector<Word> words, std::vector<RunField::Source>& sources)
      : words_(std::move(words)), sources_(sources) {}

  Result<NodePtr> whole() {
    auto node = any(0);
    if (!node) return node;
    if (at_ < words_.size()) return fail(Cause::InvalidInput, "filter: a ) closes nothing");
    return node;
  }

 private:
  [[nodiscard]] bool at_sign(std::string_view sign) const {
    return at_ < words_.size() && !words_[at_].quoted && words_[at_].text == sign;
  }
  [[nodiscard]] bool at_or() const { return at_sign("|") || at_sign("or") || at_sign("OR"); }

  Result<NodePtr> any(std::size_t depth) {
    Node node{.kind = Node::Kind::Any};
    for (;;) {
      auto one = all(depth);
      if (!one) return one;
      node.of.push_back(std::move(*one));
      if (!at_or()) break;
      ++at_;
    }
    if (node.of.size() == 1) return node.of.front();
    return std::make_shared<const Node>(std::move(node));
  }

  Result<NodePtr> all(std::size_t depth) {
    Node node{.kind = Node::Kind::All};
    while (at_ < words_.size() && !at_sign(")") && !at_or()) {
      if (at_sign("and") || at_sign("AND")) {
        ++at_;
        continue;
      }
      auto one = term(depth);
      if (!one) return one;
      node.of.push_back(std::move(*one));
    }
    if (node.of.empty()) {
      return fail(Cause::InvalidInput, "filter: something is missing {}",
                  at_ < words_.size() ? fmt::format("before \"{}\"", words_[at_].text) : std::string("at the end"));
    }
    return std::make_shared<const Node>(std::move(node));
  }

  Result<NodePtr> term(std::size_t depth) {
    if (depth > kDeepest) return fail(Cause::InvalidInput, "filter: too many parentheses or \"not\" in each other");
    if (at_sign("not") || at_sign("NOT")) {
      ++at_;
      if (at_ == words_.size()) return fail(Cause::InvalidInput, "filter: something is missing after \"not\"");
      return negated(term(depth + 1));
    }
    if (at_sign("(")) {
      ++at_;
      auto inner = any(depth + 1);
      if (!inner) return inner;
      if (!at_sign(")")) return fail(Cause::InvalidInput, "filter: a ( is not closed");
      ++at_;
      return inner;
    }
    Word word = words_[at_++];
    if (!word.quoted && word.text.size() > 1 && word.text.front() == '-') {
      word.text.erase(0, 1);
      return negated(word_node(word));
    }
    return word_node(word);
  }

  static Result<NodePtr> negated(Result<NodePtr> inner) {
    if (!inner) return inner;
    return std::make_shared<const Node>(Node{.kind = Node::Kind::Not, .of = {std::move(*inner)}});
  }

  static NodePtr matching(std::function<bool(const RunFacts&)> matches) {
    return std::make_shared<const Node>(Node{.kind = Node::Kind::Word, .matches = std::move(matches)});
  }

  Result<RunField> field(std::string_view name) {
    auto found = run_field(name);
    if (!found) return failed(found, "filter");
    sources_.push_back(found->source);
    return found;
  }

  Result<NodePtr> word_node(const Word& word) {
    if (!word.quoted) {
      const auto sign = word.text.find_first_of(":<>=!");
      if (sign != std::string::npos && sign > 0) return field_node(word.text, sign);
    }
    const std::string wanted = lowered(word.text);
    return matching([wanted](const RunFacts& facts) {
      const auto holds_it = [&](const std::string& text) { return lowered(text).find(wanted) != std::string::npos; };
      const auto& run = facts.run;
      return holds_it(run.name) || holds_it(run.model) || holds_it(run.note) ||
             std::any_of(run.tags.begin(), run.tags.end(), holds_it);
    });
  }

  Result<NodePtr> field_node(const std::string& text, std::size_t sign) {
    const std::string name = text.substr(0, sign);
    const std::string_view rest = std::string_view(text).substr(sign);
    if (rest.front() == ':') return name == "has" ? has_node(rest.substr(1)) : glob_node(name, rest.substr(1));
    const auto found = std::find_if(kOperators.begin(), kOperators.end(),
                                    [&](const Operator& one) { return rest.starts_with(one.sign); });
    if (found == kOperators.end())
      return fail(Cause::InvalidInput, "filter: \"{}\" is not understood", printable(text));
    auto left = field(name);
    if (!left) return failed(left);
    std::string value(rest.substr(found->sign.size()));
    if (value.empty()) return fail(Cause::InvalidInput, "filter: a value is missing after \"{}\"", printable(text));
    const bool is_number = left->name == "age" ? seconds_of(value).has_value() : real_of(value).has_value();
    if (left->number && !is_number) {
      return fail(Cause::InvalidInput, "filter: {} is a number, \"{}\" is none{}", left->name, printable(value),
                  left->name == "age" ? " (90s, 15m, 4h, 2d, 1w)" : "");
    }
    if (left->time) return time_node(std::move(*left), found->comparison, value);
    if (!known_values(left->name).empty()) value = lowered(value);
    if (auto known = check_known(left->name, value); !known) return failed(known);
    return matching([field = std::move(*left), comparison = found->comparison, value](const RunFacts& facts) {
      return compares(field, field.of(facts), comparison, value);
    });
  }

  static Result<NodePtr> time_node(RunField field, Comparison comparison, const std::string& value) {
    const auto period = period_of(value);
    if (!period) {
      return fail(Cause::InvalidInput, "filter: {} is a time such as 2026-11 or 2026-11-27T08:00, \"{}\" is none",
                  field.name, printable(value));
    }
    return matching([field = std::move(field), comparison, period = *period](const RunFacts& facts) {
      const FieldValue moment = field.of(facts);
      return lies(std::get<double>(moment), comparison, period);
    });
  }

  Result<NodePtr> has_node(std::string_view name) {
    auto wanted = field(name);
    if (!wanted) return failed(wanted);
    return matching([field = std::move(*wanted)](const RunFacts& facts) {
      return !std::holds_alternative<std::monostate>(field.of(facts));
    });
  }

  Result<NodePtr> glob_node(const std::string& name, std::string_view patterns) {
    auto wanted = field(name);
    if (!wanted) return failed(wanted);
    if (patterns.empty()) return fail(Cause::InvalidInput, "filter: a value is missing after \"{}:\"", name);
    std::vector<std::string> any_of;
    for (const auto& pattern : parts_of(patterns)) {
      const bool globs = pattern.find_first_of("*?") != std::string::npos;
      if (auto known = globs ? Status() : check_known(wanted->name, pattern); !known) return failed(known);
      any_of.push_back(lowered(pattern));
    }
    return matching([field = std::move(*wanted), any_of](const RunFacts& facts) {
      for (const auto& text : texts_of(field, field.of(facts))) {
        const std::string low = lowered(text);
        for (const auto& pattern : any_of) {
          if (matches_glob(pattern, low)) return true;
        }
      }
      return false;
    });
  }

  std::vector<Word> words_;
  std::vector<RunField::Source>& sources_;
  std::size_t at_ = 0;
};

bool evaluated(const Node& node, const RunFacts& facts) {
  const auto one = [&](const NodePtr& inner) { return evaluated(*inner, facts); };
  switch (node.kind) {
    case Node::Kind::All: return std::all_of(node.of.begin(), node.of.end(), one);
    case Node::Kind::Any: return std::any_of(node.of.begin(), node.of.end(), one);
    case Node::Kind::Not: return !evaluated(*node.of.front(), facts);
    case Node::Kind::Word: return node.matches(facts);
  }
  return false;
}

}  // namespace

Result<RunFilter> RunFilter::parse(std::string_view text) {
  auto words = words_of(text);
  if (!words) return failed(words);
  RunFilter filter;
  if (words->empty()) return filter;
  auto root = Parser(std::move(*words), filter.sources_).whole();
  if (!root) return failed(root);
  filter.root_ = std::move(*root);
  return filter;
}

bool RunFilter::matches(const RunFacts& facts) const { return !root_ || evaluated(*root_, facts); }

bool RunFilter::reads(RunField::Source source) const {
  return std::find(sources_.begin(), sources_.end(), source) != sources_.end();
}

}  // namespace quantrail::tracking
