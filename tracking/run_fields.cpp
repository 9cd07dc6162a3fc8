#include "tracking/run_fields.h"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/decimals.h"
#include "base/text.h"
#include "base/time_text.h"

namespace quantrail::tracking {
namespace {

constexpr std::string_view kParam = "param.";
constexpr std::string_view kMetrics = "metrics.";
constexpr double kMebibyte = 1048576.0;
constexpr int kMetricDecimals = 4;

FieldValue number(const auto& value) {
  if (!value) return {};
  return static_cast<double>(*value);
}
FieldValue text(std::string value) { return value.empty() ? FieldValue() : FieldValue(std::move(value)); }

RunField texts(std::string name, std::function<FieldValue(const RunFacts&)> of) {
  return {.name = std::move(name), .of = std::move(of)};
}
RunField numbers(std::string name, int decimals, std::function<FieldValue(const RunFacts&)> of) {
  return {.name = std::move(name), .number = true, .decimals = decimals, .of = std::move(of)};
}

const std::vector<RunField>& known_fields() {
  using F = const RunFacts&;
  static const std::vector<RunField> fields{
      numbers("id", 0, [](F f) { return static_cast<double>(f.run.id); }),
      texts("name", [](F f) { return f.run.name; }),
      texts("state", [](F f) { return std::string(name_of(f.run.state)); }),
      texts("reason", [](F f) { return text(f.run.reason); }),
      texts("outcome",
            [](F f) {
              return f.run.outcome && f.run.targeted ? text(std::string(name_of(*f.run.outcome))) : FieldValue();
            }),
      texts("model", [](F f) { return text(f.run.model); }),
      texts("metric", [](F f) { return text(f.run.metric); }),
      numbers("float", kMetricDecimals, [](F f) { return number(f.run.float_metric); }),
      numbers("quantized", kMetricDecimals, [](F f) { return number(f.run.quantized); }),
      numbers("best", kMetricDecimals, [](F f) { return number(f.run.best); }),
      numbers("drop", kMetricDecimals, [](F f) { return number(f.run.drop); }),
      numbers("best_iteration", 0, [](F f) { return number(f.run.best_iteration); }),
      numbers("reverted", 0, [](F f) { return static_cast<double>(f.run.reverted); }),
      numbers("iterations", 0, [](F f) { return static_cast<double>(f.run.iterations); }),
      numbers("size", 2,
              [](F f) {
                return f.run.size_bytes ? FieldValue(static_cast<double>(*f.run.size_bytes) / kMebibyte) : FieldValue();
              }),
      numbers("speed_up", 2, [](F f) { return number(f.run.speed_up); }),
      {.name = "created", .time = true, .of = [](F f) { return static_cast<double>(f.run.created_ms); }},
      numbers("age", 0, [](F f) { return static_cast<double>(f.now_ms - f.run.created_ms) / 1000.0; }),
      numbers("parent", 0, [](F f) { return number(f.run.parent); }),
      numbers("after", 0, [](F f) { return number(f.run.start_after); }),
      texts("star", [](F f) { return f.run.starred ? FieldValue(std::string("*")) : FieldValue(); }),
      texts("tags", [](F f) { return f.run.tags.empty() ? FieldValue() : FieldValue(f.run.tags); }),
      texts("note", [](F f) { return text(f.run.note); }),
  };
  return fields;
}

/// What is behind `key`: the setting of that path, else the first whose path ends with it.
FieldValue setting(const std::map<std::string, std::string>& settings, const std::string& key) {
  if (const auto exact = settings.find(key); exact != settings.end()) return exact->second;
  for (const auto& [path, value] : settings) {
    if (path.ends_with("." + key)) return value;
  }
  return {};
}

void flatten(const nlohmann::json& value, const std::string& path, std::map<std::string, std::string>& out) {
  if (value.is_object()) {
    for (const auto& [key, inner] : value.items()) flatten(inner, path.empty() ? key : path + "." + key, out);
  } else if (value.is_array() && !value.empty() && value.front().is_structured()) {
    for (std::size_t at = 0; at < value.size(); ++at) flatten(value[at], fmt::format("{}[{}]", path, at), out);
  } else {
    out[path] = value.is_string() ? value.get<std::string>()
                                  : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

}  // namespace

std::vector<std::string> run_field_names() {
  std::vector<std::string> names;
  for (const auto& field : known_fields()) names.push_back(field.name);
  return names;
}

Result<RunField> run_field(std::string_view name) {
  if (name == "tag") name = "tags";
  for (const auto& field : known_fields()) {
    if (field.name == name) return field;
  }
  if (name.starts_with(kParam) && name.size() > kParam.size()) {
    const std::string key(name.substr(kParam.size()));
    return RunField{.name = std::string(name), .source = RunField::Source::Settings, .of = [key](const RunFacts& f) {
                      return setting(f.settings, key);
                    }};
  }
  if (name.starts_with(kMetrics) && name.size() > kMetrics.size()) {
    const std::string key(name.substr(kMetrics.size()));
    return RunField{.name = std::string(name),
                    .source = RunField::Source::Metrics,
                    .number = true,
                    .decimals = kMetricDecimals,
                    .of = [key](const RunFacts& f) {
                      const auto found = f.metrics.find(key);
                      return found == f.metrics.end() ? FieldValue() : FieldValue(found->second);
                    }};
  }
  const auto names = run_field_names();
  return fail(Cause::InvalidInput, "runs have no field \"{}\"{}; known are {}, param.KEY and metrics.NAME",
              printable(name), did_you_mean(name, names), joined(names, ", "));
}

std::optional<double> number_of(const RunField& field, const FieldValue& value) {
  if (const auto* real = std::get_if<double>(&value)) return *real;
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr || field.source != RunField::Source::Settings) return std::nullopt;
  double number = 0.0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  return error == std::errc{} && end == text->data() + text->size() ? std::optional(number) : std::nullopt;
}

std::string shown_to_programs(const RunField& field, const FieldValue& value) {
  const auto* real = std::get_if<double>(&value);
  if (field.time && real != nullptr) return utc_text(static_cast<std::int64_t>(*real));
  return field.decimals > 0 && real != nullptr ? fmt::format("{}", *real) : shown(field, value);
}

std::string shown(const RunField& field, const FieldValue& value) {
  if (const auto* real = std::get_if<double>(&value)) {
    if (field.time) return local_text(static_cast<std::int64_t>(*real));
    if (field.name == "age") return duration_text(*real);
    if (field.decimals == kMetricDecimals && std::isfinite(*real)) return decimals(*real);
    return std::isnan(*real) ? "nan" : fmt::format("{:.{}f}", *real, field.decimals);
  }
  if (const auto* one = std::get_if<std::string>(&value)) return *one;
  if (const auto* several = std::get_if<std::vector<std::string>>(&value)) return joined(*several, " ");
  return {};
}

std::map<std::string, std::string> flattened_settings(const std::string& json) {
  std::map<std::string, std::string> settings;
  const auto document = nlohmann::json::parse(json, nullptr, false);
  if (document.is_object()) flatten(document, "", settings);
  return settings;
}

}  // namespace quantrail::tracking
