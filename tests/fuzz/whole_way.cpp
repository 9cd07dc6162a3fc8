#include "fuzz/whole_way.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "export/export.h"
#include "fuzz/calibrated.h"
#include "fuzz/made_up_data.h"
#include "fuzz/work.h"
#include "model/canonical.h"
#include "model/load.h"
#include "model/macs.h"
#include "model/probe.h"
#include "runtime/plan.h"

namespace quantrail::fuzz {
namespace {

/// What is run at all: larger models would only slow the search for faults down.
constexpr std::size_t kLargestArena = std::size_t{4} << 20U;
constexpr double kMostWork = 1e6;  // multiply-adds and elements

bool runs(const std::shared_ptr<const Plan>& plan) {
  PlanState state(plan);
  for (std::size_t at = 0; at < plan->inputs().size(); ++at) make_up(plan->inputs()[at].type, state.input(at), at);
  return state.run().has_value();
}

/// The integer plan with the groups `reverted`.
bool computes(const Shaped& shaped, const PlanOptions& options) {
  PlanCache cache;
  const auto plan = Plan::build(shaped.graph, options, shaped.shapes, cache);
  return plan && (*plan)->activation_bytes() <= kLargestArena && runs(*plan);
}

bool ships(const Shaped& shaped, const PlanOptions& options, bool checked) {
  if (!computes(shaped, options)) return false;
  auto file = exported(shaped.graph, *options.quantization, options.reverted, options.revert_mode, {});
  if (!file) return false;
  const auto again = parsed_model(std::move(file->bytes));
  if (again || !checked) return true;
  std::fprintf(stderr, "an exported model cannot be loaded: %s\n", again.error().message.c_str());
  std::abort();
}

bool quantizes(const Shaped& shaped, const Placement& placement, bool checked) {
  const auto asymmetric = calibrated(shaped, placement, Preset::Mixed);
  const auto symmetric = calibrated(shaped, placement, Preset::Performance);
  if (!asymmetric || !symmetric || symmetric->groups.empty()) return false;
  const std::string& first = symmetric->groups.front().name;
  return ships(shaped, {.quantization = &*asymmetric}, checked) &&
         ships(shaped, {.quantization = &*symmetric, .reverted = {first}}, checked) &&
         ships(shaped, {.quantization = &*symmetric, .reverted = {first}, .revert_mode = RevertMode::Compute}, checked);
}

}  // namespace

Stage led_through(std::string_view bytes) {
  auto model = parsed_model(std::string(bytes));
  if (!model) return Stage::Refused;
  const bool checked = model->notes.empty();
  const auto graph = canonicalised(std::move(model->graph));
  if (!graph) return Stage::Loaded;
  (void)probed(*graph);
  const auto found = shaped(*graph);
  if (!found) return Stage::Loaded;
  (void)multiply_adds(found->model, std::max<std::int64_t>(found->batch, 1));
  const Placement placement = placed(found->graph, found->model.types, {});
  PlanCache cache;
  const auto plan = Plan::build(found->graph, {}, found->shapes, cache);
  if (!plan) return Stage::Shaped;
  if ((*plan)->activation_bytes() > kLargestArena || !(work(found->model) <= kMostWork)) return Stage::Planned;
  if (!runs(*plan)) return Stage::Planned;
  if (found->batch == 0) return Stage::Ran;
  return quantizes(*found, placement, checked) ? Stage::Quantized : Stage::Ran;
}

}  // namespace quantrail::fuzz
