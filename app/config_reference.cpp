#include "app/config_reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "app/config_schema.h"
#include "base/text.h"

namespace quantrail::app {
namespace {

using Json = nlohmann::ordered_json;  // keys stay in the schema's order

const Json& schema() {
  static const Json document = Json::parse(kConfigSchema);
  return document;
}

/// What a "$ref" names; empty where there is none.
std::string referred(const Json& property) {
  const std::string path = property.value("$ref", "");
  return path.substr(path.rfind('/') + 1);
}

/// The property with what it refers to put in, its own words before the other's.
Json resolved(const Json& property) {
  const std::string name = referred(property);
  if (name.empty()) return property;
  Json whole = schema().at("definitions").at(name);
  whole.update(property);
  return whole;
}

std::string or_list(const std::vector<std::string>& parts) {
  if (parts.size() < 2) return joined(parts, "");
  return joined(std::span(parts).first(parts.size() - 1), ", ") + " or " + parts.back();
}

/// " (1 to 65535)", " (above 0)" and the like.
std::string bounds(const Json& rule) {
  const auto number = [&](const char* key) { return rule.at(key).dump(); };
  const bool open = rule.contains("exclusiveMinimum");
  if (!open && !rule.contains("minimum")) return "";
  const std::string low = open ? "above " + number("exclusiveMinimum") : number("minimum");
  if (rule.contains("maximum")) return fmt::format(" ({}{} to {})", low, open ? "," : "", number("maximum"));
  return fmt::format(" ({}{})", low, open ? "" : " or more");
}

std::string value_text(const Json& property);

std::string typed(const Json& rule, const std::string& type) {
  if (type == "boolean") return "true or false";
  if (type == "integer" || type == "number") return type + bounds(rule);
  if (type == "array" && rule.contains("items")) return "list of " + value_text(rule.at("items"));
  if (type == "object" && rule.contains("additionalProperties") && rule["additionalProperties"].is_object())
    return "object of " + value_text(rule["additionalProperties"]);
  return type;
}

std::string value_text(const Json& property) {
  const Json rule = resolved(property);
  if (rule.contains("properties")) return "section " + referred(property);
  std::vector<std::string> parts;
  if (rule.contains("const")) {
    parts.push_back(rule["const"].dump());
  } else if (rule.contains("enum")) {
    for (const auto& one : rule["enum"]) parts.push_back(one.dump());
  } else if (rule.contains("anyOf")) {
    for (const auto& one : rule["anyOf"]) parts.push_back(value_text(one));
  } else if (rule.contains("type")) {
    const Json types = rule["type"].is_array() ? rule["type"] : Json::array({rule["type"]});
    for (const auto& one : types) parts.push_back(typed(rule, one));
  }
  return or_list(parts);
}

ConfigKey key_of(const std::string& name, const Json& property, const Json& section) {
  const Json rule = resolved(property);
  ConfigKey key{.name = name, .value = value_text(property), .meaning = rule.value("description", "")};
  if (rule.contains("default")) key.default_value = rule["default"].dump();
  const Json needed = section.value("required", Json::array());
  key.needed = std::find(needed.begin(), needed.end(), name) != needed.end();
  key.of_pot = key.value.empty() || key.meaning.starts_with("POT: only its default");
  return key;
}

std::string below(const std::string& place, const std::string& name) {
  return place.empty() ? name : place + "." + name;
}

/// Adds the section that `property` holds at `place`, if it is one, and those in it.
void add_sections(const Json& property, const std::string& place, std::vector<ConfigSection>& sections) {
  const Json rule = resolved(property);
  if (rule.contains("properties")) {
    const std::string name = referred(property);
    auto found = std::find_if(sections.begin(), sections.end(), [&](const auto& known) { return known.name == name; });
    if (found == sections.end()) {
      ConfigSection section{
          .name = name, .meaning = (place.empty() ? schema() : schema()["definitions"][name]).value("description", "")};
      for (const auto& [key, value] : rule["properties"].items()) section.keys.push_back(key_of(key, value, rule));
      found = sections.insert(sections.end(), std::move(section));
    }
    found->places.push_back(place);
    for (const auto& [key, value] : rule["properties"].items()) add_sections(value, below(place, key), sections);
  }
  if (rule.contains("items")) add_sections(rule["items"], place + "[N]", sections);
  if (rule.contains("anyOf")) {
    for (const auto& one : rule["anyOf"]) add_sections(one, place, sections);
  }
  if (rule.contains("additionalProperties") && rule["additionalProperties"].is_object())
    add_sections(rule["additionalProperties"], below(place, "NAME"), sections);
}

bool is_end_of(const std::string& path, const std::string& end) { return path == end || path.ends_with("." + end); }

/// "engine.metrics[0].type" and "engine.metrics.0.type" as "engine.metrics[N].type".
std::string with_open_indices(std::string_view wanted) {
  std::string open;
  while (!wanted.empty()) {
    const auto end = wanted[0] == '[' ? wanted.find(']') + 1 : std::min(wanted.find_first_of(".[", 1), wanted.size());
    const std::string_view part = wanted.substr(0, end == 0 ? wanted.size() : end);
    const bool number = part.size() > 1 && part[0] == '.' && part.find_first_not_of("0123456789", 1) == part.npos;
    open += part[0] == '[' || number ? "[N]" : part;
    wanted.remove_prefix(part.size());
  }
  return open;
}

}  // namespace

std::vector<ConfigSection> config_sections() {
  std::vector<ConfigSection> sections;
  add_sections(schema(), "", sections);
  return sections;
}

Result<std::vector<ConfigSection>> config_sections_of(const std::vector<ConfigSection>& sections,
                                                      std::string_view wanted) {
  const std::string path = with_open_indices(wanted);
  std::vector<ConfigSection> found;
  std::set<std::string> known;
  for (const auto& section : sections) {
    const auto has = [&](const std::string& name) {
      return std::any_of(section.places.begin(), section.places.end(),
                         [&](const auto& place) { return is_end_of(below(place, name), path); });
    };
    const bool whole = section.name == path || std::any_of(section.places.begin(), section.places.end(),
                                                           [&](const auto& place) { return is_end_of(place, path); });
    ConfigSection part = section;
    std::erase_if(part.keys, [&](const auto& key) { return !whole && !has(key.name); });
    if (!part.keys.empty()) found.push_back(std::move(part));
    known.insert(section.name);
    for (const auto& key : section.keys) known.insert(key.name);
  }
  if (!found.empty()) return found;
  const std::vector<std::string> names(known.begin(), known.end());
  const std::string last = path.substr(path.rfind('.') + 1);
  return fail(Cause::InvalidInput, "the configuration has no key \"{}\"{}; `quantrail config` shows all",
              printable(wanted), did_you_mean(last, names));
}

}  // namespace quantrail::app
