#include "config/overrides.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <variant>

#include "base/text.h"
#include "config/keys.h"

namespace quantrail {
namespace {

/// A member of an object or an element of a list.
using Step = std::variant<std::string, std::size_t>;

std::optional<std::size_t> index_in(std::string_view text) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return index;
}

/// "a.b[0].c" as steps; nothing when it is malformed.
std::optional<std::vector<Step>> steps_of(std::string_view path) {
  std::vector<Step> steps;
  while (true) {
    const auto dot = path.find('.');
    std::string_view part = path.substr(0, dot);
    const auto bracket = std::min(part.find('['), part.size());
    if (bracket == 0) return std::nullopt;
    steps.emplace_back(std::string(part.substr(0, bracket)));
    part.remove_prefix(bracket);
    while (!part.empty()) {
      const auto close = part.find(']');
      if (part.front() != '[' || close == std::string_view::npos) return std::nullopt;
      const auto index = index_in(part.substr(1, close - 1));
      if (!index) return std::nullopt;
      steps.emplace_back(*index);
      part.remove_prefix(close + 1);
    }
    if (dot == std::string_view::npos) return steps;
    path.remove_prefix(dot + 1);
  }
}

struct KnownPath {
  std::string path{};
  bool read = true;  ///< false: the key has no effect, or is refused
};

/// Every path that the rules know, list elements as many as `node` has (at least one, to be appended).
void collect_paths(const SectionRule& section, const Json* node, const std::string& prefix,
                   std::vector<KnownPath>& out) {
  for (const auto& rule : section.keys) {
    if (rule.alias) continue;
    const std::string path = prefix.empty() ? std::string(rule.name) : fmt::format("{}.{}", prefix, rule.name);
    out.push_back({path, rule.use == KeyUse::Read});
    if (rule.section.empty()) continue;
    const Json* child = node == nullptr ? nullptr : node->find(rule.name);
    if (!rule.list) {
      collect_paths(section_rule(rule.section), child, path, out);
      continue;
    }
    const auto* elements = child == nullptr ? nullptr : child->as<Json::Array>();
    const std::size_t count = elements == nullptr ? 0 : elements->size();
    for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i) {
      collect_paths(section_rule(rule.section), i < count ? &(*elements)[i] : nullptr, fmt::format("{}[{}]", path, i),
                    out);
    }
  }
}

bool ends_with_path(std::string_view path, std::string_view end) {
  return path == end || (path.size() > end.size() && path.ends_with(end) && path[path.size() - end.size() - 1] == '.');
}

std::string last_name(std::string_view path) { return std::string(path.substr(path.rfind('.') + 1)); }

/// Of several places of a name inside one another's sections (params.preset, params.range_estimator.preset) the
/// outermost is meant.
void keep_outermost(std::vector<std::string>& candidates) {
  const auto section = [](const std::string& path) { return path.substr(0, path.rfind('.') + 1); };
  for (const auto& outer : candidates) {
    const bool holds_all = std::all_of(candidates.begin(), candidates.end(),
                                       [&](const auto& path) { return path.starts_with(section(outer)); });
    if (!holds_all) continue;
    const std::string kept = outer;
    candidates = {kept};
    return;
  }
}

const Json* at_step(const Json& node, const Step& step) {
  if (const auto* key = std::get_if<std::string>(&step)) return node.find(*key);
  const auto* array = node.as<Json::Array>();
  const auto index = std::get<std::size_t>(step);
  return array != nullptr && index < array->size() ? &(*array)[index] : nullptr;
}

/// How many of the sections around a key the document does not have.
std::size_t missing_sections(const Json& document, std::string_view path) {
  auto steps = steps_of(path).value_or(std::vector<Step>{});
  if (!steps.empty()) steps.pop_back();
  const Json* node = &document;
  for (std::size_t at = 0; at < steps.size(); ++at) {
    node = at_step(*node, steps[at]);
    if (node == nullptr || node->is_null()) return steps.size() - at;
  }
  return 0;
}

/// Of several places of a name, those are meant whose sections the document has, or most of them.
void keep_nearest(std::vector<std::string>& candidates, const Json& document) {
  std::size_t least = std::string::npos;
  for (const auto& path : candidates) least = std::min(least, missing_sections(document, path));
  std::erase_if(candidates, [&](const auto& path) { return missing_sections(document, path) > least; });
}

/// The full path that the user's `written` one means.
Result<std::string> full_path(std::string_view written, const Json& document) {
  std::vector<KnownPath> known;
  collect_paths(section_rules().front(), &document, "", known);
  std::vector<std::string> candidates;
  std::vector<std::string> idle;
  for (const auto& [path, read] : known) {
    if (ends_with_path(path, written)) (read ? candidates : idle).push_back(path);
  }
  if (candidates.empty()) candidates = idle;
  const auto is_leaf = [&](const std::string& path) {
    return std::none_of(known.begin(), known.end(), [&](const KnownPath& other) {
      return other.path.starts_with(path + ".") || other.path.starts_with(path + "[");
    });
  };
  const bool dotted = written.find('.') != std::string_view::npos;
  const bool some_leaf = std::any_of(candidates.begin(), candidates.end(), is_leaf);
  if (candidates.size() > 1 && !dotted && some_leaf)
    std::erase_if(candidates, [&](const auto& path) { return !is_leaf(path); });
  keep_outermost(candidates);
  const bool whole = std::find(candidates.begin(), candidates.end(), written) != candidates.end();
  if (!whole) keep_nearest(candidates, document);
  if (candidates.size() == 1) return candidates.front();
  if (candidates.empty() && dotted) return std::string(written);  // checked with the rest of the document
  if (candidates.empty()) {
    std::vector<std::string> names;
    for (const auto& each : known) names.push_back(last_name(each.path));
    return fail(Cause::InvalidInput, "--set {}: unknown parameter{}", printable(written), did_you_mean(written, names));
  }
  if (whole) return std::string(written);
  return fail(Cause::InvalidInput, "--set {}: means several parameters, write one of {}", printable(written),
              joined(candidates, ", "));
}

/// The place in `node` that `step` leads to, made when absent; null when `node` is something else, or the index is
/// more than one past the end.
Json* stepped(Json& node, const Step& step) {
  if (const auto* index = std::get_if<std::size_t>(&step)) {
    if (node.is_null()) node.value = Json::Array{};
    auto* array = node.as<Json::Array>();
    if (array == nullptr || *index > array->size()) return nullptr;
    if (*index == array->size()) array->emplace_back();
    return &(*array)[*index];
  }
  if (node.is_null()) node.value = Json::Object{};
  if (node.as<Json::Object>() == nullptr) return nullptr;
  const auto& key = std::get<std::string>(step);
  if (node.find(key) == nullptr) node.set(key, {});
  return node.find(key);
}

Status set_one(Json& document, std::string_view override_text) {
  const auto equals = override_text.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fail(Cause::InvalidInput, "--set {}: key=value is needed", printable(override_text));
  }
  const auto path = full_path(override_text.substr(0, equals), document);
  if (!path) return failed(path);
  const auto steps = steps_of(*path);
  if (!steps) return fail(Cause::InvalidInput, "--set {}: not a path like engine.metrics[0].top_k", printable(*path));
  Json* place = &document;
  for (const Step& step : *steps) {
    place = stepped(*place, step);
    if (place == nullptr)
      return fail(Cause::InvalidInput,
                  "--set {}: there is no such place in the configuration; list elements are written name[0]",
                  printable(*path));
  }
  const std::string_view value = override_text.substr(equals + 1);
  const auto parsed = parse_json(value);
  *place = parsed ? *parsed : Json{std::string(value)};
  return {};
}

/// Null: there is none.
Json* first_algorithm(Json& document) {
  auto* compression = document.find("compression");
  auto* algorithms = compression == nullptr ? nullptr : compression->find("algorithms");
  auto* list = algorithms == nullptr ? nullptr : algorithms->as<Json::Array>();
  return list == nullptr || list->empty() ? nullptr : &list->front();
}

}  // namespace

Result<Json> with_overrides(Json document, const std::vector<std::string>& overrides) {
  const bool named = first_algorithm(document) != nullptr;
  for (const auto& text : overrides) {
    if (const auto applied = set_one(document, text); !applied) return failed(applied);
  }
  // Without algorithms there is one by default, whose parameters may be set all the same.
  auto* algorithm = first_algorithm(document);
  const bool nameless =
      algorithm != nullptr && algorithm->as<Json::Object>() != nullptr && algorithm->find("name") == nullptr;
  if (!named && nameless) algorithm->set("name", Json{std::string("DefaultQuantization")});
  return document;
}

}  // namespace quantrail
