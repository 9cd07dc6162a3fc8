#include "config/section.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

#include "base/text.h"

namespace quantrail {
namespace {

/// Where else `key` is known, for a key that was put in the wrong section.
std::string other_place(std::string_view key) {
  for (const auto& section : section_rules()) {
    const KeyRule* rule = section.find(key);
    if (rule == nullptr || rule->alias) continue;
    return fmt::format(" (it is a key of {})", section.place.empty() ? section.name : section.place);
  }
  return {};
}

template <class T>
std::string range_text(Limits<T> bounds) {
  const bool open_end = bounds.most == std::numeric_limits<T>::max();
  if (bounds.least_excluded) {
    return fmt::format("above {}{}", bounds.least, open_end ? "" : fmt::format(", at most {}", bounds.most));
  }
  return open_end ? fmt::format("{} or more", bounds.least) : fmt::format("{} to {}", bounds.least, bounds.most);
}

template <class T>
bool lies_within(T value, Limits<T> bounds) {
  return value >= bounds.least && value <= bounds.most && !(bounds.least_excluded && value <= bounds.least);
}

std::optional<std::int64_t> whole_number(const Json& value) {
  if (const auto* integer = value.as<std::int64_t>()) return *integer;
  const auto* real = value.as<double>();
  constexpr double kExact = 9007199254740992.0;  // 2^53: every whole double below is exact
  if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) > kExact) return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

std::optional<double> real_number(const Json& value) {
  if (const auto* integer = value.as<std::int64_t>()) return static_cast<double>(*integer);
  if (const auto* real = value.as<double>()) return *real;
  return std::nullopt;
}

}  // namespace

void Findings::report(Cause cause, std::string message) {
  if (!error) error = Error{cause, std::move(message)};
}

void Findings::note(std::string sentence) {
  if (std::find(notes.begin(), notes.end(), sentence) == notes.end()) notes.push_back(std::move(sentence));
}

Section::Section(const Json* object, std::string path, std::string_view rules, Findings& findings)
    : object_(object), path_(std::move(path)), rules_(&section_rule(rules)), findings_(&findings) {
  if (object_ != nullptr && object_->is_null()) object_ = nullptr;
  if (object_ != nullptr && object_->as<Json::Object>() == nullptr) {
    findings_->report(Cause::InvalidInput,
                      fmt::format("{}: found {} ({}), an object is needed", path_.empty() ? "the configuration" : path_,
                                  excerpt(*object_), kind_of(*object_)));
    object_ = nullptr;
  }
  if (object_ != nullptr) check_keys(*rules_);
}

void Section::check_keys(const SectionRule& rules) const {
  for (const auto& member : std::get<Json::Object>(object_->value)) {
    const KeyRule* rule = rules.find(member.key);
    if (rule != nullptr) {
      check_key(*rule, member.value);
      continue;
    }
    const auto known = rules.names();
    std::string hint = did_you_mean(member.key, known);
    if (hint.empty()) hint = other_place(member.key);
    if (hint.empty()) hint = fmt::format("; known here: {}", joined(known, ", "));
    findings_->report(Cause::InvalidInput, fmt::format("{}: unknown key{}", path_of(printable(member.key)), hint));
  }
}

void Section::check_key(const KeyRule& rule, const Json& found) const {
  const std::string path = path_of(rule.name);
  switch (rule.use) {
    case KeyUse::Read: return;
    case KeyUse::Noted:
      if (!rule.remark.empty()) findings_->note(fmt::format("{} has no effect: {}.", path, rule.remark));
      return;
    case KeyUse::DefaultOnly: {
      const auto accepted = parse_json(rule.accepted);
      assert(accepted);
      if (found.is_null() || found == *accepted) return;
      findings_->report(Cause::Unsupported,
                        fmt::format("{}: {} is not supported by this version, only {}{}{}", path, excerpt(found),
                                    rule.accepted, rule.remark.empty() ? "" : "; ", rule.remark));
      return;
    }
    case KeyUse::Refused:
      findings_->report(Cause::Unsupported, fmt::format("{}: not supported by this version{}{}", path,
                                                        rule.remark.empty() ? "" : "; ", rule.remark));
      return;
  }
}

const Json* Section::value(std::string_view key) const {
  assert(rules_->find(key) != nullptr && "a key that is read must be in the rules");
  const Json* found = object_ == nullptr ? nullptr : object_->find(key);
  return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Section::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Section::report(std::string_view key, std::string_view problem) const {
  findings_->report(Cause::InvalidInput, fmt::format("{}: {}", path_of(key), problem));
}

void Section::report_wrong_type(std::string_view key, std::string_view needed) const {
  const Json* found = value(key);
  assert(found != nullptr);
  report(key, fmt::format("found {} ({}), {} is needed", excerpt(*found), kind_of(*found), needed));
}

bool Section::flag(std::string_view key, bool otherwise) const {
  const Json* found = value(key);
  if (found == nullptr) return otherwise;
  if (const bool* answer = found->as<bool>()) return *answer;
  report_wrong_type(key, "true or false");
  return otherwise;
}

std::optional<std::int64_t> Section::optional_integer(std::string_view key, Limits<std::int64_t> bounds) const {
  const Json* found = value(key);
  if (found == nullptr) return std::nullopt;
  const auto whole = whole_number(*found);
  if (!whole) {
    report_wrong_type(key, "an integer");
  } else if (!lies_within(*whole, bounds)) {
    report(key, fmt::format("found {}, allowed is {}", *whole, range_text(bounds)));
  } else {
    return whole;
  }
  return std::nullopt;
}

std::int64_t Section::integer(std::string_view key, std::int64_t otherwise, Limits<std::int64_t> bounds) const {
  return optional_integer(key, bounds).value_or(otherwise);
}

double Section::bounded(std::string_view key, const Json& found, double otherwise, Limits<double> bounds) const {
  const auto real = real_number(found);
  if (!real) {
    report(key, fmt::format("found {} ({}), a number is needed", excerpt(found), kind_of(found)));
  } else if (!lies_within(*real, bounds)) {
    report(key, fmt::format("found {}, allowed is {}", *real, range_text(bounds)));
  } else {
    return *real;
  }
  return otherwise;
}

double Section::number(std::string_view key, double otherwise, Limits<double> bounds) const {
  const Json* found = value(key);
  return found == nullptr ? otherwise : bounded(key, *found, otherwise, bounds);
}

std::string Section::text(std::string_view key, std::string otherwise) const {
  const Json* found = value(key);
  if (found == nullptr) return otherwise;
  if (const auto* answer = found->as<std::string>()) return *answer;
  report_wrong_type(key, "a text");
  return otherwise;
}

std::string Section::choice(std::string_view key, std::string otherwise,
                            const std::vector<std::string>& allowed) const {
  std::string answer = text(key, otherwise);
  if (!has(key) || std::find(allowed.begin(), allowed.end(), answer) != allowed.end()) return answer;
  report(key, fmt::format("found \"{}\"{}, allowed are {}", printable(answer), did_you_mean(answer, allowed),
                          joined(allowed, ", ")));
  return otherwise;
}

std::vector<std::string> Section::texts(std::string_view key) const {
  const Json* found = value(key);
  if (found == nullptr) return {};
  const auto* list = found->as<Json::Array>();
  std::vector<std::string> answer;
  for (const auto& element : list == nullptr ? Json::Array{} : *list) {
    if (const auto* one = element.as<std::string>()) answer.push_back(*one);
  }
  if (list == nullptr || answer.size() != list->size()) report_wrong_type(key, "a list of texts");
  return answer;
}

std::vector<double> Section::numbers(std::string_view key, Limits<double> bounds) const {
  const Json* found = value(key);
  if (found == nullptr) return {};
  const auto* list = found->as<Json::Array>();
  if (list == nullptr) return {bounded(key, *found, 0.0, bounds)};
  std::vector<double> answer;
  for (const auto& element : *list) answer.push_back(bounded(key, element, 0.0, bounds));
  return answer;
}

std::vector<std::int64_t> Section::integers(std::string_view key, std::vector<std::int64_t> otherwise,
                                            Limits<std::int64_t> bounds) const {
  const Json* found = value(key);
  if (found == nullptr) return otherwise;
  const auto* list = found->as<Json::Array>();
  std::vector<std::int64_t> answer;
  for (const auto& element : list == nullptr ? Json::Array{} : *list) {
    const auto whole = whole_number(element);
    if (!whole || !lies_within(*whole, bounds)) {
      report(key, fmt::format("found {}, allowed are integers, {}", excerpt(element), range_text(bounds)));
      return otherwise;
    }
    answer.push_back(*whole);
  }
  if (answer.empty()) report_wrong_type(key, "a list of integers");
  return answer.empty() ? otherwise : answer;
}

std::string_view Section::section_of(std::string_view key) const {
  const KeyRule* rule = rules_->find(key);
  assert(rule != nullptr && !rule->section.empty());
  return rule->section;
}

Section Section::child(std::string_view key) const { return {value(key), path_of(key), section_of(key), *findings_}; }

std::vector<Section> Section::children(std::string_view key) const {
  const Json* found = value(key);
  if (found == nullptr) return {};
  const auto* list = found->as<Json::Array>();
  if (list == nullptr) {
    report_wrong_type(key, "a list of objects");
    return {};
  }
  std::vector<Section> answer;
  for (std::size_t i = 0; i < list->size(); ++i) {
    answer.emplace_back(&(*list)[i], fmt::format("{}[{}]", path_of(key), i), section_of(key), *findings_);
  }
  return answer;
}

}  // namespace quantrail
