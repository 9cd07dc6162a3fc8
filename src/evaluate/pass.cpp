#include "evaluate/pass.h"

#include <algorithm>

#include "base/parallel.h"
#include "evaluate/checks.h"

namespace quantrail {
namespace {

std::vector<std::string> names_of(std::span<const std::shared_ptr<const Metric>> metrics) {
  std::vector<std::string> names;
  for (const auto& metric : metrics) names.push_back(metric->name());
  return names;
}

double mean(std::span<const double> values) {
  double sum = 0.0;
  for (const auto value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

}  // namespace

struct EvaluationPass::Worker {
  PlanState state;
  std::optional<PlanState> float_state{};  ///< built when a reference output is missing
};

EvaluationPass::EvaluationPass(EvaluatorParts& parts, const EvaluationRequest& request, const EvaluationHooks& hooks,
                               std::shared_ptr<const Plan> plan)
    : parts_(parts),
      request_(request),
      hooks_(hooks),
      plan_(std::move(plan)),
      distance_(request.distance),
      ledger_(request.samples.size(), names_of(parts.metrics), distance_, static_cast<std::size_t>(parts.batch),
              parts.block) {}

Result<Evaluation> EvaluationPass::run() {
  const std::stop_callback forward(hooks_.stop, [this] { quit_.request_stop(); });
  ledger_.restore(hooks_.finished);
  for (const auto& block : hooks_.finished) seconds_ += block.seconds;
  if (hooks_.progress) hooks_.progress(ledger_.samples_done());

  const std::vector<std::size_t> batches = ledger_.missing();
  std::vector<std::optional<Worker>> workers(std::min(parts_.threads, batches.size()));
  parallel_for(batches.size(), parts_.threads, quit_.get_token(), [&](std::size_t at, std::size_t worker) {
    if (!workers[worker]) workers[worker].emplace(Worker{PlanState(plan_)});
    enter(batches[at], computed(*workers[worker], samples_of(batches[at])));
  });

  for (auto& block : ledger_.leftovers()) save(std::move(block));
  if (error_) return tl::unexpected(error_->second);
  if (ledger_.samples_done() < request_.samples.size()) {
    return fail(Cause::Cancelled, "stopped after {} of {} samples", ledger_.samples_done(), request_.samples.size());
  }
  return evaluation();
}

std::span<const std::size_t> EvaluationPass::samples_of(std::size_t batch) const {
  return std::span(request_.samples).subspan(ledger_.first_of(batch), ledger_.size_of(batch));
}

Result<std::vector<SampleValues>> EvaluationPass::computed(Worker& worker, std::span<const std::size_t> samples) const {
  if (const auto filled = parts_.feed.fill(worker.state, *parts_.data, samples); !filled) return failed(filled);
  if (const auto ran = worker.state.run(); !ran) return failed(ran);
  std::vector<SampleValues> values(samples.size());
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const auto outputs = sample_outputs(*plan_, worker.state, row);
    const auto truth = parts_.data->truth(samples[row]);
    for (const auto& metric : parts_.metrics) values[row].metrics.push_back(metric->of_sample(outputs, truth));
  }
  // The float model is no distance from itself.
  if (!distance_ || request_.variant.quantization == nullptr) return values;
  if (const auto measured = measure_distances(worker, samples, values); !measured) return failed(measured);
  return values;
}

Status EvaluationPass::measure_distances(Worker& worker, std::span<const std::size_t> samples,
                                         std::vector<SampleValues>& values) const {
  std::vector<std::shared_ptr<const std::vector<float>>> references;
  for (const auto sample : samples) references.push_back(parts_.references.find(sample));
  if (std::find(references.begin(), references.end(), nullptr) != references.end()) {
    if (!worker.float_state) worker.float_state.emplace(parts_.float_plan);
    if (const auto filled = parts_.feed.fill(*worker.float_state, *parts_.data, samples); !filled)
      return failed(filled);
    if (const auto ran = worker.float_state->run(); !ran) return failed(ran);
    for (std::size_t row = 0; row < samples.size(); ++row) {
      const auto outputs = sample_outputs(*parts_.float_plan, *worker.float_state, row);
      references[row] = std::make_shared<const std::vector<float>>(as_floats(outputs[0]));
      parts_.references.offer(samples[row], references[row]);
    }
  }
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const auto outputs = sample_outputs(*plan_, worker.state, row);
    values[row].distance = relative_distance(as_floats(outputs[0]), *references[row]);
  }
  return {};
}

void EvaluationPass::enter(std::size_t batch, const Result<std::vector<SampleValues>>& values) {
  const std::scoped_lock lock(guard_);
  if (!values) {
    give_up(ledger_.first_of(batch), values.error());
    return;
  }
  if (auto block = ledger_.enter(batch, *values)) save(std::move(*block));
  if (hooks_.progress) hooks_.progress(ledger_.samples_done());
}

void EvaluationPass::save(EvaluationBlock block) {
  const auto now = Clock::now();
  block.seconds = std::chrono::duration<double>(now - saved_at_).count();
  saved_at_ = now;
  seconds_ += block.seconds;
  if (!hooks_.save) return;
  const auto saved = hooks_.save(block);
  if (saved) return;
  give_up(block.first, saved.error());
}

void EvaluationPass::give_up(std::size_t at, Error error) {
  // Of several failures the one that is first in the request is told, whichever thread came first.
  if (!error_ || at < error_->first) error_ = {at, std::move(error)};
  quit_.request_stop();
}

Evaluation EvaluationPass::evaluation() const {
  Evaluation out{.seconds = seconds_, .samples = request_.samples.size()};
  for (std::size_t at = 0; at < parts_.metrics.size(); ++at) {
    const auto& name = parts_.metrics[at]->name();
    out.metrics.emplace(name, parts_.metrics[at]->aggregated(ledger_.metric(at)));
    out.per_sample.emplace(name, values_of(ledger_.metric(at)));
  }
  if (distance_) out.distance = mean(ledger_.distances());
  return out;
}

}  // namespace quantrail
