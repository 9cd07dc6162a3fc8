#include "app/branch.h"

#include <fmt/format.h>
#include <filesystem>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "app/open_store.h"
#include "app/pick.h"
#include "tracking/run_fields.h"

namespace quantrail::app {
namespace {

constexpr const char* kStart = "start_reverted";

bool sets_start(const std::vector<std::string>& overrides) {
  return std::any_of(overrides.begin(), overrides.end(), [](const std::string& text) {
    return std::string_view(text).substr(0, text.find('=')).ends_with(kStart);
  });
}

/// First, so that what a person sets wins.
std::vector<std::string> with_start(const std::optional<IterationRecord>& iteration,
                                    const std::vector<std::string>& overrides) {
  std::vector<std::string> all;
  if (iteration && !iteration->reverted_groups.empty()) {
    const nlohmann::json groups = iteration->reverted_groups;
    all.push_back(fmt::format("{}={}", kStart, groups.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  }
  all.insert(all.end(), overrides.begin(), overrides.end());
  return all;
}

/// What is as in the other run comes from where it came from there.
std::map<std::string, std::string> inherited(const std::string& parent, const std::map<std::string, std::string>& now) {
  auto origins = tracking::flattened_settings(parent);
  for (const auto& [path, origin] : now) {
    if (origin == "set") origins[path] = origin;
  }
  return origins;
}

/// Says where the layers that the new run starts with are from.
void tell_start(std::int64_t run, const IterationRecord& iteration, bool set_by_hand, Config& config) {
  if (iteration.reverted_groups.empty()) return;
  if (set_by_hand) {
    config.notes.push_back(
        fmt::format("{} is set: not what iteration {} of run {} has in float is where this run starts", kStart,
                    iteration.index, run));
    return;
  }
  for (auto& [path, origin] : config.origins) {
    if (path.ends_with(kStart)) origin = fmt::format("run {}@{}", run, iteration.index);
  }
}

/// From `iteration` of the run; nothing: its configuration alone.
Result<Branch> made_from(const tracking::RunDetails& details, const std::optional<IterationRecord>& iteration,
                         const std::vector<std::string>& overrides) {
  const std::string name = fmt::format("configuration of run {}", details.summary.id);
  const auto unchanged = parse_config(details.config_json, "/", name, {});
  if (!unchanged) return failed(unchanged);
  std::error_code ignored;  // recorded paths are absolute, those that overrides give are of here
  auto config =
      parse_config(details.config_json, std::filesystem::current_path(ignored), name, with_start(iteration, overrides));
  if (!config) return failed(config);
  const bool same_model = config->model == unchanged->model;
  config->origins = inherited(details.origins_json, config->origins);
  if (iteration) tell_start(details.summary.id, *iteration, sets_start(overrides), *config);
  return Branch{.run = details.summary.id,
                .iteration = iteration ? std::optional(iteration->index) : std::nullopt,
                .config = std::move(*config),
                .same_model = same_model,
                .model_path = details.model_path,
                .model_hash = details.model_hash};
}

}  // namespace

Result<Branch> likened(const Options& options, std::string_view run, const std::vector<std::string>& overrides) {
  auto named = named_run(options, run, tracking::Store::Mode::Read);
  if (!named) return failed(named);
  const auto found = named->runs.show(named->id);
  if (!found) return failed(found);
  return made_from(*found, std::nullopt, overrides);
}

Result<Branch> branched(const Options& options, std::string_view target, const std::vector<std::string>& overrides) {
  const auto at = std::min(target.rfind('@'), target.size());
  auto named = named_run(options, target.substr(0, at), tracking::Store::Mode::Read);
  if (!named) return failed(named);
  const auto found = named->runs.show(named->id);
  if (!found) return failed(found);
  const auto& details = *found;
  // A run that has none yet lends its configuration alone.
  std::optional<IterationRecord> iteration;
  if (at < target.size() || !details.iterations.empty()) {
    const auto number = picked(details, at < target.size() ? target.substr(at + 1) : "best");
    if (!number) return failed(number);
    iteration = details.iterations[static_cast<std::size_t>(*number)];
  }
  return made_from(details, iteration, overrides);
}

}  // namespace quantrail::app
