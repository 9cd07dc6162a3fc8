#include <algorithm>
#include <chrono>

#include "measurements.h"
#include "runtime/plan.h"

namespace quantrail::bench {
namespace {

using Clock = std::chrono::steady_clock;

/// A session costs ONNX Runtime this many times what a search's next plan may cost.
constexpr double kNextPlanGoal = 20.0;

/// Milliseconds until a plan and one thread's state exist.
Result<double> built(const Graph& graph, const PlanOptions& options, std::int64_t batch, PlanCache& cache) {
  const auto start = Clock::now();
  auto plan = Plan::build(graph, options, batch, cache);
  if (!plan) return failed(plan);
  const PlanState state(std::move(*plan));
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Result<std::vector<double>> first_plans(const Subject& subject, const Form& form, std::int64_t batch) {
  std::vector<double> times;
  for (std::size_t round = 0; round < std::min<std::size_t>(subject.rounds, 5); ++round) {
    PlanCache cache;
    PlanOptions options;
    options.quantization = form.quantization;
    const auto ms = built(*form.graph, options, batch, cache);
    if (!ms) return failed(ms);
    times.push_back(*ms);
  }
  return times;
}

/// One more group reverted, each group once, as when a search ranks them; the float and the fully quantized model have
/// been evaluated before.
Result<std::vector<double>> next_plans(const Subject& subject, std::int64_t batch) {
  PlanCache cache;
  PlanOptions options;
  if (const auto in_float = built(subject.network.graph, options, batch, cache); !in_float) return failed(in_float);
  options.quantization = &subject.network.quantization;
  if (const auto in_int8 = built(subject.network.graph, options, batch, cache); !in_int8) return failed(in_int8);
  std::vector<double> times;
  for (const auto& group : subject.network.quantization.groups) {
    options.reverted = {group.name};
    const auto ms = built(subject.network.graph, options, batch, cache);
    if (!ms) return failed(ms);
    times.push_back(*ms);
  }
  return times;
}

/// As many session creations as `count`, at most nine; the last ones again for the rest.
Result<std::vector<double>> sessions(const Subject& subject, const Form& form, std::size_t count) {
  std::vector<double> times;
  if (!subject.peer) return times;
  if (const auto cold = subject.peer->load(form.file, 1); !cold) return failed(cold);
  for (std::size_t k = 0; k < std::min<std::size_t>(count, 9); ++k) {
    const auto ms = subject.peer->load(form.file, 1);
    if (!ms) return failed(ms);
    times.push_back(*ms);
  }
  return times;
}

Row against(std::string name, const std::vector<double>& ours, const std::vector<double>& peer) {
  if (peer.empty()) return paired(std::move(name), ours, {});
  return paired(std::move(name), ours, std::vector<double>(ours.size(), median(peer)));
}

}  // namespace

Result<std::vector<Row>> measured_building(const Subject& subject, const Form& form) {
  const auto batch = micro_batch(*form.graph);
  if (!batch) return failed(batch);
  const auto first = first_plans(subject, form, *batch);
  if (!first) return failed(first);
  const auto peer = sessions(subject, form, subject.rounds);
  if (!peer) return failed(peer);
  std::vector<Row> rows{against(case_name(subject, form, "first plan"), *first, *peer)};
  if (form.quantization == nullptr) return rows;
  const auto next = next_plans(subject, *batch);
  if (!next) return failed(next);
  rows.push_back(against(case_name(subject, form, "plan, one more group reverted"), *next, *peer));
  rows.back().goal = kNextPlanGoal;
  return rows;
}

}  // namespace quantrail::bench
