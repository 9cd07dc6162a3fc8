#include "app/branch.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/open_store.h"

namespace quantrail::app {
namespace {

constexpr const char* kStart = "start_reverted";

/// First, so that what a person sets wins.
std::vector<std::string> with_start(const IterationRecord& iteration, const std::vector<std::string>& overrides) {
  std::vector<std::string> all;
  if (!iteration.reverted_groups.empty()) {
    const nlohmann::json groups = iteration.reverted_groups;
    all.push_back(fmt::format("{}={}", kStart, groups.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
  }
  all.insert(all.end(), overrides.begin(), overrides.end());
  return all;
}

/// Mixed, tuned and again corrected models are of another quantization than the run's first one.
std::string note_on(const tracking::RunDetails& details, const IterationRecord& iteration) {
  if (iteration.quantization == details.iterations.front().quantization) return {};
  return fmt::format(
      "iteration {} of run {} has another quantization than the configured one, with which the branch begins",
      iteration.index, details.summary.id);
}

}  // namespace

Result<Branch> branched(const Options& options, std::string_view target, const std::vector<std::string>& overrides) {
  const auto named = named_iteration(options, target);
  if (!named) return failed(named);
  const auto& details = named->details;
  const std::string name = fmt::format("configuration of run {}", details.summary.id);
  const auto unchanged = parse_config(details.config_json, "/", name, {});
  if (!unchanged) return failed(unchanged);
  auto config = parse_config(details.config_json, "/", name, with_start(named->iteration, overrides));
  if (!config) return failed(config);
  const bool same_model = config->model == unchanged->model;
  return Branch{.run = details.summary.id,
                .iteration = named->iteration.index,
                .config = std::move(*config),
                .same_model = same_model,
                .model_path = details.model_path,
                .model_hash = details.model_hash,
                .note = note_on(details, named->iteration)};
}

}  // namespace quantrail::app
