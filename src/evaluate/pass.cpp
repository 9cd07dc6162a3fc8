#include "evaluate/pass.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <set>

#include "base/mean.h"
#include "base/parallel.h"
#include "evaluate/checks.h"

namespace quantrail {
namespace {

std::vector<std::string> names_of(std::span<const std::shared_ptr<const Metric>> metrics) {
  std::vector<std::string> names;
  for (const auto& metric : metrics) names.push_back(metric->name());
  return names;
}

template <class T, class Test>
bool any_is(std::span<const std::byte> bytes, const Test& test) {
  const std::span<const T> values(reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T));
  return std::any_of(values.begin(), values.end(), test);
}

bool holds_nan(ElementType type, std::span<const std::byte> bytes) {
  // Of 16 bits: all of the exponent, and something behind it.
  const auto beyond = [](std::uint16_t infinity) {
    return [infinity](std::uint16_t bits) { return (bits & 0x7FFFU) > infinity; };
  };
  switch (type) {
    case ElementType::Float32: return any_is<float>(bytes, [](float value) { return std::isnan(value); });
    case ElementType::Float64: return any_is<double>(bytes, [](double value) { return std::isnan(value); });
    case ElementType::Float16: return any_is<std::uint16_t>(bytes, beyond(0x7C00));
    case ElementType::BFloat16: return any_is<std::uint16_t>(bytes, beyond(0x7F80));
    default: return false;
  }
}

/// Outputs of a sample whose inputs hold NaN. A network may hide it (a Relu or the codes of an input turn it into a
/// number, and runtimes differ in that), which makes nothing right: all that can be NaN is.
struct NotNumbers {
  explicit NotNumbers(std::vector<OutputView> outputs) : views(std::move(outputs)) {
    for (auto& view : views) {
      auto& bytes = stored.emplace_back(view.bytes.begin(), view.bytes.end());
      if (view.type == ElementType::Float32) fill(bytes, std::numeric_limits<float>::quiet_NaN());
      if (view.type == ElementType::Float64) fill(bytes, std::numeric_limits<double>::quiet_NaN());
      if (view.type == ElementType::Float16) fill(bytes, std::uint16_t{0x7E00});
      if (view.type == ElementType::BFloat16) fill(bytes, std::uint16_t{0x7FC0});
      view.bytes = bytes;
    }
  }
  template <class T>
  static void fill(std::vector<std::byte>& bytes, T nan) {
    for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T))
      std::memcpy(bytes.data() + at, &nan, sizeof(T));
  }

  std::vector<OutputView> views{};
  std::deque<std::vector<std::byte>> stored{};  ///< that the views show
};

/// Rows of the micro-batch that hold NaN, which a network may hide: the larger of NaN and 0 is 0.
std::vector<bool> gaps(const Plan& plan, PlanState& state) {
  const auto rows = static_cast<std::size_t>(plan.batch());
  std::vector<bool> found(rows, false);
  for (std::size_t input = 0; input < plan.inputs().size(); ++input) {
    const std::span<const std::byte> bytes = state.input(input);
    const std::size_t size = bytes.size() / rows;
    for (std::size_t row = 0; row < rows; ++row)
      found[row] = found[row] || holds_nan(plan.inputs()[input].type, bytes.subspan(row * size, size));
  }
  return found;
}

std::vector<std::shared_ptr<const Metric>> asked_of(std::vector<std::shared_ptr<const Metric>> metrics,
                                                    const EvaluationRequest& request) {
  std::erase_if(metrics, [&](const auto& metric) { return request.left_out.contains(metric->name()); });
  return metrics;
}

/// Samples of a block. Multiply-adds do not tell how long a program takes.
std::size_t block_of(std::size_t block, std::span<const std::shared_ptr<const Metric>> metrics) {
  constexpr std::size_t kScoredByPrograms = 16;
  const bool by_programs =
      std::any_of(metrics.begin(), metrics.end(), [](const auto& metric) { return metric->judge() == Judge::Command; });
  return by_programs ? std::min(block, kScoredByPrograms) : block;
}

bool compares(const Metric& metric) { return metric.judge() == Judge::FloatModel; }

}  // namespace

struct EvaluationPass::Worker {
  VariantsState states;
  std::optional<PlanState> float_state{};                      ///< built when a reference is missing
  std::vector<std::shared_ptr<const Reference>> references{};  ///< of the micro-batch at hand
  std::vector<bool> gaps{};                                    ///< likewise, for the float model
};

EvaluationPass::EvaluationPass(EvaluatorParts& parts, std::span<const EvaluationRequest> requests,
                               const EvaluationHooks& hooks, const Variants& variants)
    : parts_(parts),
      requests_(requests),
      hooks_(hooks),
      variants_(variants),
      metrics_(asked_of(parts.metrics, requests.front())),
      distance_(requests.front().distance),
      seconds_(requests.size(), 0.0) {
  const std::size_t block = std::max<std::size_t>(block_of(parts.block, metrics_) / requests.size(), 1);
  for (std::size_t at = 0; at < requests.size(); ++at) {
    ledgers_.emplace_back(requests[at].samples.size(), names_of(metrics_), distance_,
                          static_cast<std::size_t>(parts.batch), block);
  }
}

Result<std::vector<Evaluation>> EvaluationPass::run() {
  const std::stop_callback forward(hooks_.stop, [this] { quit_.request_stop(); });
  for (std::size_t at = 0; at < hooks_.finished.size(); ++at) {
    ledgers_[at].restore(hooks_.finished[at]);
    for (const auto& block : hooks_.finished[at]) seconds_[at] += block.seconds;
  }
  if (hooks_.progress) hooks_.progress(samples_done());

  const std::vector<std::size_t> batches = missing();
  for (const auto& ledger : ledgers_) {
    auto& wanted = wanted_.emplace_back(batches.empty() ? 0 : batches.back() + 1, false);
    for (const std::size_t batch : ledger.missing()) wanted[batch] = true;
  }
  std::vector<std::optional<Worker>> workers(std::min(parts_.threads, batches.size()));
  parallel_for(batches.size(), parts_.threads, quit_.get_token(), [&](std::size_t at, std::size_t worker) {
    if (!workers[worker]) workers[worker].emplace(Worker{VariantsState(variants_)});
    enter(batches[at], computed(*workers[worker], batches[at]));
  });

  std::vector<FinishedBlock> leftovers;
  for (std::size_t at = 0; at < ledgers_.size(); ++at) {
    for (auto& block : ledgers_[at].leftovers()) leftovers.push_back({at, std::move(block)});
  }
  save(std::move(leftovers));
  if (error_) return tl::unexpected(error_->second);
  const std::size_t asked = requests_.size() * requests_.front().samples.size();
  if (samples_done() < asked) return fail(Cause::Cancelled, "stopped after {} of {} samples", samples_done(), asked);
  std::vector<Evaluation> evaluations;
  for (std::size_t at = 0; at < requests_.size(); ++at) evaluations.push_back(evaluation(at));
  return evaluations;
}

bool EvaluationPass::is_float(std::size_t request) const { return requests_[request].variant.quantization == nullptr; }

bool EvaluationPass::is_reference(std::size_t request) const {
  return is_float(request) && parts_.reference_plan == parts_.float_plan;
}

bool EvaluationPass::needs_references() const {
  if (distance_) return true;
  for (std::size_t at = 0; at < requests_.size(); ++at) {
    if (!is_reference(at))
      return std::any_of(metrics_.begin(), metrics_.end(), [](const auto& metric) { return compares(*metric); });
  }
  return false;
}

std::shared_ptr<const Reference> EvaluationPass::as_reference(std::span<const OutputView> outputs) const {
  auto reference = std::make_shared<Reference>();
  for (const auto output : parts_.reference_outputs) reference->push_back(as_floats(outputs[output]));
  return reference;
}

std::shared_ptr<const std::vector<float>> EvaluationPass::compared(const Metric& metric,
                                                                   const std::shared_ptr<const Reference>& all) const {
  const auto& outputs = parts_.reference_outputs;
  const auto found = std::find(outputs.begin(), outputs.end(), metric.compared_output());
  return {all, &all->at(static_cast<std::size_t>(found - outputs.begin()))};
}

std::vector<std::size_t> EvaluationPass::missing() const {
  std::set<std::size_t> batches;
  for (const auto& ledger : ledgers_) {
    const auto open = ledger.missing();
    batches.insert(open.begin(), open.end());
  }
  return {batches.begin(), batches.end()};
}

std::size_t EvaluationPass::samples_done() const {
  std::size_t done = 0;
  for (const auto& ledger : ledgers_) done += ledger.samples_done();
  return done;
}

std::span<const std::size_t> EvaluationPass::samples_of(std::size_t batch) const {
  const Ledger& any = ledgers_.front();
  return std::span(requests_.front().samples).subspan(any.first_of(batch), any.size_of(batch));
}

Result<EvaluationPass::BatchValues> EvaluationPass::computed(Worker& worker, std::size_t batch) const {
  const auto samples = samples_of(batch);
  PlanState& base = worker.states.base();
  if (const auto filled = parts_.feed.fill(base, *parts_.data, samples); !filled) return failed(filled);
  worker.gaps = gaps(*parts_.float_plan, base);
  if (const auto ran = base.run(); !ran)
    return tl::unexpected(parts_.feed.blamed(base, *parts_.data, samples, ran.error()));
  if (needs_references()) {
    if (const auto found = find_references(worker, samples); !found) return failed(found);
  }
  BatchValues values(requests_.size());
  for (std::size_t at = 0; at < requests_.size() && !quit_.stop_requested(); ++at) {
    if (!wanted_[at][batch]) continue;
    if (const auto ran = worker.states.variant(at).run(); !ran) return failed(ran);
    auto made = scored(worker, at, samples);
    if (!made) return failed(made);
    values[at] = std::move(*made);
  }
  return values;
}

Result<std::vector<SampleValues>> EvaluationPass::scored(Worker& worker, std::size_t request,
                                                         std::span<const std::size_t> samples) const {
  std::vector<SampleValues> values(samples.size());
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const auto outputs = sample_outputs(variants_.plan(request), worker.states.variant(request), row);
    auto truth = parts_.data->truth(samples[row]);
    if (!truth) return failed(truth);
    truth->sample = samples[row];
    std::optional<NotNumbers> hidden;
    if (worker.gaps[row]) hidden.emplace(outputs);
    const auto& judged = hidden ? hidden->views : outputs;
    for (const auto& metric : metrics_) {
      if (compares(*metric))
        truth->reference = compared(*metric, is_reference(request) ? as_reference(outputs) : worker.references[row]);
      auto score = metric->scored(judged, *truth);
      if (!score) return failed(score, parts_.data->describe(samples[row]));
      values[row].metrics.push_back(std::move(*score));
    }
    if (is_float(request)) {
      values[row].not_a_number =
          worker.gaps[row] || std::any_of(outputs.begin(), outputs.end(),
                                          [](const auto& output) { return holds_nan(output.type, output.bytes); });
    }
    if (is_reference(request) && row == reference_row(samples[row])) {
      parts_.references.offer(samples[row], as_reference(outputs));
    }
  }
  if (!distance_ || is_float(request)) return values;
  for (std::size_t row = 0; row < samples.size(); ++row) {
    const auto outputs = sample_outputs(variants_.plan(request), worker.states.variant(request), row);
    values[row].distance = relative_distance(as_floats(outputs[0]), worker.references[row]->front());
  }
  return values;
}

// Some kernels round a row by its place in the micro-batch, so a reference is what comes out in a place of its own.
std::size_t EvaluationPass::reference_row(std::size_t sample) const {
  return sample % static_cast<std::size_t>(parts_.batch);
}

Status EvaluationPass::find_references(Worker& worker, std::span<const std::size_t> samples) const {
  auto& references = worker.references;
  references.clear();
  for (const auto sample : samples) references.push_back(parts_.references.find(sample));
  for (auto open = std::find(references.begin(), references.end(), nullptr); open != references.end();
       open = std::find(references.begin(), references.end(), nullptr)) {
    std::vector<std::size_t> rows(static_cast<std::size_t>(parts_.batch),
                                  samples[static_cast<std::size_t>(open - references.begin())]);
    std::size_t last = 0;
    for (std::size_t at = 0; at < samples.size(); ++at) {
      if (references[at]) continue;
      rows[reference_row(samples[at])] = samples[at];
      last = std::max(last, reference_row(samples[at]));
    }
    rows.resize(last + 1);
    if (const auto ran = run_in_float(worker, rows); !ran) return ran;
    for (std::size_t at = 0; at < samples.size(); ++at) {
      const std::size_t row = reference_row(samples[at]);
      if (references[at] || row > last || rows[row] != samples[at]) continue;
      references[at] = as_reference(sample_outputs(*parts_.reference_plan, *worker.float_state, row));
      parts_.references.offer(samples[at], references[at]);
    }
  }
  return {};
}

Status EvaluationPass::run_in_float(Worker& worker, std::span<const std::size_t> samples) const {
  if (!worker.float_state) worker.float_state.emplace(parts_.reference_plan);
  if (const auto filled = parts_.reference_feed.fill(*worker.float_state, *parts_.data, samples); !filled)
    return failed(filled);
  return worker.float_state->run();
}

void EvaluationPass::enter(std::size_t batch, const Result<BatchValues>& values) {
  const std::scoped_lock lock(guard_);
  if (!values) {
    give_up(ledgers_.front().first_of(batch), values.error());
    return;
  }
  std::vector<FinishedBlock> blocks;
  for (std::size_t at = 0; at < values->size(); ++at) {
    if (!(*values)[at]) continue;
    if (auto block = ledgers_[at].enter(batch, *(*values)[at])) blocks.push_back({at, std::move(*block)});
  }
  save(std::move(blocks));
  if (hooks_.progress) hooks_.progress(samples_done());
}

void EvaluationPass::save(std::vector<FinishedBlock> blocks) {
  if (blocks.empty()) return;
  const auto now = Clock::now();
  const double each = std::chrono::duration<double>(now - saved_at_).count() / static_cast<double>(blocks.size());
  saved_at_ = now;
  for (auto& finished : blocks) {
    finished.block.seconds = each;
    seconds_[finished.request] += each;
  }
  if (!hooks_.save) return;
  const auto saved = hooks_.save(blocks);
  // It may have waited there, for room on a disk or the end of a pause.
  saved_at_ = Clock::now();
  if (!saved) give_up(blocks.front().block.first, saved.error());
}

void EvaluationPass::give_up(std::size_t at, Error error) {
  // Of several failures the one that is first in the request is told, whichever thread came first.
  if (!error_ || at < error_->first) error_ = {at, std::move(error)};
  quit_.request_stop();
}

Evaluation EvaluationPass::evaluation(std::size_t request) const {
  const Ledger& ledger = ledgers_[request];
  Evaluation out{.seconds = seconds_[request], .samples = requests_[request].samples.size()};
  for (std::size_t at = 0; at < metrics_.size(); ++at) {
    const auto& name = metrics_[at]->name();
    out.metrics.emplace(name, metrics_[at]->aggregated(ledger.metric(at)));
    out.per_sample.emplace(name, values_of(ledger.metric(at)));
  }
  if (distance_) {
    out.distances = ledger.distances();
    out.distance = mean_of<double>(out.distances);
  }
  out.not_numbers.assign(ledger.not_numbers().begin(), ledger.not_numbers().end());
  return out;
}

}  // namespace quantrail
