#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "config/operator_names.h"
#include "config/parse.h"

namespace quantrail {
namespace {

/// true and false count as 1 and 0, which is how ONNX writes switches.
std::optional<double> number_in(const Json& value) {
  if (const auto* flag = value.as<bool>()) return *flag ? 1.0 : 0.0;
  if (const auto* integer = value.as<std::int64_t>()) return static_cast<double>(*integer);
  if (const auto* real = value.as<double>()) return *real;
  return std::nullopt;
}

bool whole(double value) { return std::trunc(value) == value && std::abs(value) < 9007199254740992.0; }  // 2^53

template <class T>
std::vector<T> converted(const std::vector<double>& values) {
  std::vector<T> out;
  for (const double value : values) out.push_back(static_cast<T>(value));
  return out;
}

std::optional<AttributeValue> list_value(const Json::Array& list) {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (const auto& element : list) {
    if (const auto number = number_in(element)) numbers.push_back(*number);
    if (const auto* text = element.as<std::string>()) texts.push_back(*text);
  }
  if (!list.empty() && texts.size() == list.size()) return texts;
  if (numbers.size() != list.size()) return std::nullopt;
  if (std::all_of(numbers.begin(), numbers.end(), whole)) return converted<std::int64_t>(numbers);
  return numbers;
}

/// A whole number is an integer however it is written, so that it reads back the same.
std::optional<AttributeValue> attribute_value(const Json& value) {
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* integer = value.as<std::int64_t>()) return *integer;
  if (const auto* list = value.as<Json::Array>()) return list_value(*list);
  const auto number = number_in(value);
  if (!number) return std::nullopt;
  if (whole(*number)) return static_cast<std::int64_t>(*number);
  return *number;
}

std::map<std::string, AttributeValue> parse_attributes(const Section& operation) {
  std::map<std::string, AttributeValue> out;
  const Json* found = operation.value("attributes");
  if (found == nullptr) return out;
  const auto* members = found->as<Json::Object>();
  if (members == nullptr) operation.report_wrong_type("attributes", "an object of attribute names and values");
  for (const auto& [key, value] : members == nullptr ? Json::Object{} : *members) {
    if (auto known = attribute_value(value)) {
      out[key] = std::move(*known);
    } else {
      operation.report("attributes", fmt::format("{}: found {} ({}), a number, a text or a list of them is needed",
                                                 printable(key), excerpt(value), kind_of(value)));
    }
  }
  return out;
}

void add_operation(const Section& ignored, IgnoredOperation operation, std::vector<IgnoredOperation>& out) {
  const auto names = onnx_operators(operation.type);
  if (names.size() > 1 || names.front() != operation.type) {
    ignored.findings().note(fmt::format("{} \"{}\" means the ONNX operators {}.", ignored.path_of("operations"),
                                        printable(operation.type), joined(names, ", ")));
  }
  if (std::find(out.begin(), out.end(), operation) == out.end()) out.push_back(std::move(operation));
}

}  // namespace

IgnoredScope parse_ignored(const Section& ignored) {
  IgnoredScope out;
  out.scope = ignored.texts("scope");
  const Json* operations = ignored.value("operations");
  const auto* list = operations == nullptr ? nullptr : operations->as<Json::Array>();
  const bool plain = list != nullptr && std::all_of(list->begin(), list->end(), [](const Json& element) {
                       return element.as<std::string>() != nullptr;
                     });
  if (plain) {
    for (const auto& type : ignored.texts("operations")) add_operation(ignored, {type, {}}, out.operations);
    return out;
  }
  for (const Section& operation : ignored.children("operations")) {
    const std::string type = operation.text("type", "");
    if (type.empty())
      operation.report("type", "missing: an operator type, for example Conv");
    else
      add_operation(ignored, {type, parse_attributes(operation)}, out.operations);
  }
  return out;
}

}  // namespace quantrail
