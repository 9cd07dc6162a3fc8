#include "run/answering.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "run/blob_values.h"
#include "run/data_remarks.h"
#include "run/samples.h"
#include "run/settings.h"
#include "run/speed_ratio.h"
#include "run/stopwatch.h"
#include "run/variations.h"

namespace quantrail {
namespace {

std::vector<Candidate> candidates(const Quantization& quantization, const MultiplyAdds& macs) {
  std::vector<Candidate> out;
  for (const auto& group : quantization.groups) {
    Candidate candidate{.group = group.name, .layers = group.members};
    for (const auto& member : group.members) {
      const auto found = macs.find(member);
      if (found != macs.end()) candidate.float_macs += found->second;
    }
    out.push_back(std::move(candidate));
  }
  return out;
}

/// Metrics that programs of the user's compute, which may take longer than the network, but those that are `needed`.
Answering::MetricNames unneeded(const RunInputs& inputs, const Answering::MetricNames& needed) {
  Answering::MetricNames names;
  for (const auto& metric : inputs.metrics) {
    if (metric->judge() == Judge::Command && !needed.contains(metric->name())) names.insert(metric->name());
  }
  return names;
}

/// Metrics that the search holds to a limit.
Answering::MetricNames controlled(const RunInputs& inputs) {
  Answering::MetricNames names;
  for (const auto& target : inputs.compression.accuracy_aware.metrics) names.insert(target.name);
  if (!names.empty()) return names;
  for (const auto& metric : inputs.metrics) names.insert(metric->name());
  return names;
}

}  // namespace

Answering::Answering(const RunInputs& inputs, const MultiplyAdds& macs, Workbench& workbench, AnswerStore& store,
                     RunObserver& observer, std::stop_token stop)
    : inputs_(inputs),
      macs_(macs),
      workbench_(workbench),
      store_(store),
      observer_(observer),
      stop_(std::move(stop)),
      patiently_(observer, stop_),
      runtime_(runtime_info()) {}

Result<Answer> Answering::answer(const Request& request, std::string step) {
  step_ = std::move(step);
  if (stop_.stop_requested()) return fail(Cause::Cancelled, "stopped; the run can be resumed");
  return std::visit(
      [this](const auto& wanted) -> Result<Answer> {
        if constexpr (std::is_same_v<std::decay_t<decltype(wanted)>, Done>) {
          return fail(Cause::Backend, "a search that is done asked for more");
        } else {
          return answer(wanted);
        }
      },
      request);
}

EvaluationRequest Answering::in_float(const EvaluateFloat& request) const {
  EvaluationRequest wanted;
  wanted.samples = request.samples.empty() ? all_samples(inputs_.validation->size()) : request.samples;
  return wanted;
}

Result<Answer> Answering::answer(const EvaluateFloat& request) { return evaluated(in_float(request)); }

Result<std::optional<double>> Answering::speed_up(const KnownQuantization& quantization, const Names& reverted) {
  // Where integers are made up for in float, that says nothing about the file.
  if (!runtime_.int8_exact && !runtime_.wide_tiles) return std::nullopt;
  Variant variant{.quantization = &quantization.value,
                  .reverted = {reverted.begin(), reverted.end()},
                  .revert_mode = revert_mode_of(inputs_)};
  const Digest key = speed_key(inputs_, runtime_, quantization.digest, variant.reverted, variant.revert_mode);
  const auto known = patiently_([&] { return store_.find_blob(key); });
  if (!known) return failed(known);
  if (*known) {
    if (const auto remembered = parsed_number(**known)) return remembered;
  }
  const auto times =
      ratio_of_paces([&] { return workbench_.pace(Variant{}); }, [&] { return workbench_.pace(variant); });
  if (!times) return failed(times);
  if (!*times) return std::nullopt;
  const auto saved = patiently_([&] { return store_.save_blob(key, "speed", serialised_number(**times)); });
  if (!saved) return failed(saved);
  return times;
}

Result<std::optional<Evaluation>> Answering::remembered(const KnownQuantization& quantization, const Names& reverted) {
  const EvaluationIdentity identity{.quantization = quantization.digest,
                                    .reverted = {reverted.begin(), reverted.end()},
                                    .revert_mode = revert_mode_of(inputs_)};
  const Digest key = evaluation_key(inputs_, runtime_, identity, all_samples(inputs_.validation->size()));
  return patiently_([&] { return store_.find(key); });
}

Result<Answer> Answering::answer(const Evaluate& request) {
  if (const auto ready = use_for(request.reverted); !ready) return failed(ready);
  return evaluated(variant(request.reverted, all_samples(inputs_.validation->size())));
}

Result<Answer> Answering::answer(const Estimate& request) {
  in_use_ = quantized_;  // correcting biases again would cost more than an estimate is worth
  auto wanted = variant(request.reverted, request.samples);
  wanted.distance = true;  // as a ranking's, which has the first of them already
  wanted.left_out = unneeded(inputs_, controlled(inputs_));
  return evaluated(wanted);
}

Result<Answer> Answering::answer(const Rank& request) {
  if (const auto ready = use_for(request.reverted); !ready) return failed(ready);
  const Stopwatch watch;
  const std::size_t reused = reused_;
  const std::size_t total = request.candidates.size() * request.samples.size();
  observer_.on_event(StepStarted{.name = step_, .total = total, .unit = "samples"});
  const auto left_out = unneeded(inputs_, {request.metric});
  std::vector<EvaluationRequest> wanted;
  for (const auto& candidate : request.candidates) {
    auto reverted = request.reverted;
    reverted.push_back(candidate);
    wanted.push_back(variant(reverted, request.samples));
    wanted.back().distance = true;
    wanted.back().left_out = left_out;
  }
  const auto found = together(variant(request.reverted, {}).variant, wanted);
  if (!found) return failed(found, step_);
  Ranked ranked;
  for (const auto& evaluation : *found) {
    ranked.values.push_back({.metric = evaluation.metrics.at(request.metric),
                             .distance = evaluation.distance,
                             .per_sample = evaluation.per_sample.at(request.metric),
                             .distances = evaluation.distances});
  }
  observer_.on_event(
      StepFinished{.name = step_, .reused = reused_ - reused == request.candidates.size(), .seconds = watch.seconds()});
  return ranked;
}

Result<Answer> Answering::answer(const Quantize& request) {
  if (const auto made = quantize(request.variation); !made) return failed(made);
  return Quantized{.groups = candidates(quantized_->value, macs_)};
}

Result<Answer> Answering::answer(const Try& request) {
  if (const auto made = quantize(request.variation); !made) return failed(made);
  auto wanted = variant({}, request.samples);
  wanted.distance = true;
  return evaluated(wanted);
}

Status Answering::quantize(const Variation& variation) {
  params_ = with_variation(inputs_, variation);
  const auto changes = edits(params_);
  if (!changes) return failed(changes);
  StatisticsRequest request;
  for (const auto& variant : learned_together(inputs_, params_)) {
    const auto needed = workbench_.needed_statistics(variant, *changes);
    if (!needed) return failed(needed);
    request.join(*needed);
  }
  const auto learned = statistics("calibrate", *changes, request);
  if (!learned) return failed(learned);
  remarks_ = data_remarks(inputs_.graph, *learned);
  const Stopwatch watch;
  observer_.on_event(StepStarted{.name = "quantize"});
  auto made = workbench_.quantize(params_, *changes, *learned);
  if (!made) return failed(made, "quantize");
  observer_.on_event(StepFinished{.name = "quantize", .seconds = watch.seconds()});
  if (const auto chosen = choose_ranges(*changes, *learned, *made); !chosen) return failed(chosen);
  if (const auto kept = keep_sums_exact(*changes, *learned, *made); !kept) return failed(kept);
  uncorrected_ = *made;
  if (!params_.use_fast_bias) made = corrected(*made);
  if (!made) return failed(made);
  if (auto clipped = clipping_remark(*made, *learned); !clipped.empty()) remarks_.push_back(std::move(clipped));
  quantized_ = known(*std::move(made));
  return use(quantized_);
}

Status Answering::use_for(const Names& reverted) {
  in_use_ = quantized_;
  if (reverted.empty() || params_.use_fast_bias || !inputs_.compression.accuracy_aware.correct_again) return {};
  // Full correction goes by what the layers before do, and these do not round any more.
  Quantization without = uncorrected_;
  for (const auto& group : without.groups) {
    if (std::find(reverted.begin(), reverted.end(), group.name) == reverted.end()) continue;
    for (const auto& member : group.members) {
      without.layers.erase(member);
      without.tables.erase(member);
      without.bias_edits.erase(member);
    }
  }
  auto again = corrected(without);
  if (!again) return failed(again);
  Quantization with_biases = quantized_->value;
  with_biases.bias_edits = std::move(again->bias_edits);
  return use(known(std::move(with_biases)));
}

Status Answering::keep(const Digest& key, const Quantization& quantization) {
  return patiently_([&] { return store_.save_blob(key, "quantization", serialised(quantization)); });
}

Status Answering::use(Known quantization) {
  in_use_ = std::move(quantization);
  used_[in_use_->digest] = in_use_;
  return keep(in_use_->digest, in_use_->value);
}

Result<ChannelEdits> Answering::edits(const QuantizationParams& params) {
  const auto request = workbench_.needed_for_edits(params);
  if (request == StatisticsRequest{}) return ChannelEdits{};
  const auto learned = statistics("measure channels", ChannelEdits{}, request);
  if (!learned) return failed(learned);
  return workbench_.edits(params, *learned);
}

Result<Quantization> Answering::corrected(const Quantization& quantization) {
  FullCorrection options{
      .stop = stop_, .all_layers = params_.apply_for_all_nodes, .in_codes = params_.bias_correction_in_codes};
  options.threshold = params_.threshold.value_or(options.threshold);
  const auto samples = correction_samples(params_, inputs_.calibration->size());
  const Digest key = correction_key(inputs_, runtime_, quantization.digest(), options, samples);
  const std::size_t layers = workbench_.correctable(quantization, options.all_layers);
  const Stopwatch watch;
  observer_.on_event(StepStarted{.name = "correct biases", .total = layers, .unit = "layers"});
  const auto known = patiently_([&] { return store_.find_blob(key); });
  if (!known) return failed(known);
  if (*known) {
    if (auto made = parsed_quantization(**known)) {
      observer_.on_event(StepFinished{.name = "correct biases", .reused = true, .seconds = watch.seconds()});
      return made;
    }
  }
  options.progress = [&](std::size_t done) { observer_.on_event(StepProgress{.done = done, .total = layers}); };
  auto made = workbench_.correct(quantization, samples, options);
  if (!made) return failed(made, "correct biases");
  if (const auto saved = keep(key, *made); !saved) return failed(saved);
  observer_.on_event(StepFinished{.name = "correct biases", .seconds = watch.seconds()});
  return made;
}

EvaluationRequest Answering::variant(const Names& reverted, std::vector<std::size_t> samples) const {
  EvaluationRequest wanted;
  wanted.variant.quantization = &in_use_->value;
  wanted.variant.reverted = {reverted.begin(), reverted.end()};
  wanted.variant.revert_mode = revert_mode_of(inputs_);
  wanted.samples = std::move(samples);
  return wanted;
}

Result<Evaluation> Answering::evaluated(const EvaluationRequest& request) {
  const Stopwatch watch;
  const std::size_t reused = reused_;
  observer_.on_event(StepStarted{.name = step_, .total = request.samples.size(), .unit = "samples"});
  auto found = together(request.variant, {request});
  if (!found) return failed(found, step_);
  observer_.on_event(StepFinished{.name = step_, .reused = reused_ != reused, .seconds = watch.seconds()});
  return std::move(found->front());
}

Digest Answering::key_of(const EvaluationRequest& request) const {
  EvaluationIdentity identity{.reverted = request.variant.reverted,
                              .revert_mode = request.variant.revert_mode,
                              .distance = request.distance,
                              .left_out = request.left_out};
  if (request.variant.quantization != nullptr) identity.quantization = in_use_->digest;
  return evaluation_key(inputs_, runtime_, identity, request.samples);
}

Result<std::optional<Evaluation>> Answering::known_answer(const EvaluationRequest& request, const Digest& key) {
  auto known = patiently_([&] { return store_.find(key); });
  if (!known || *known || request.left_out.empty()) return known;
  EvaluationRequest whole = request;
  whole.left_out.clear();
  return patiently_([&] { return store_.find(key_of(whole)); });
}

Result<std::vector<Evaluation>> Answering::together(const Variant& base,
                                                    const std::vector<EvaluationRequest>& requests) {
  if (stop_.stop_requested()) return fail(Cause::Cancelled, "stopped; the run can be resumed");
  std::vector<Evaluation> answers(requests.size());
  std::vector<std::size_t> open;
  std::vector<Digest> keys;
  std::vector<EvaluationRequest> wanted;
  EvaluationHooks hooks{.stop = stop_};
  std::size_t total = 0;
  for (std::size_t at = 0; at < requests.size(); ++at) {
    const Digest key = key_of(requests[at]);
    total += requests[at].samples.size();
    ++asked_;
    auto known = known_answer(requests[at], key);
    if (!known) return failed(known);
    if (*known) {
      ++reused_;
      answers[at] = std::move(**known);
      continue;
    }
    auto blocks = patiently_([&] { return store_.blocks(key); });
    if (!blocks) return failed(blocks);
    hooks.finished.push_back(std::move(*blocks));
    open.push_back(at);
    keys.push_back(key);
    wanted.push_back(requests[at]);
  }
  const std::size_t before = open.empty() ? total : total - wanted.size() * wanted.front().samples.size();
  if (before > 0) observer_.on_event(StepProgress{.done = before, .total = total});
  if (open.empty()) return answers;
  if (const auto told = before_work_(); !told) return failed(told);
  hooks.progress = [&](std::size_t done) { observer_.on_event(StepProgress{.done = before + done, .total = total}); };
  hooks.save = [&](const std::vector<FinishedBlock>& finished) {
    std::vector<KeyedBlock> blocks;
    for (const auto& [request, block] : finished) {
      const bool whole =
          !block.per_sample.empty() && block.per_sample.begin()->second.size() == wanted[request].samples.size();
      // Of one evaluation the whole answer follows at once; of several only when all are done.
      if (!whole || wanted.size() > 1) blocks.push_back({keys[request], block});
    }
    return blocks.empty() ? Status{} : patiently_([&] { return store_.save_blocks(blocks); });
  };
  auto computed = workbench_.evaluate_together(base, wanted, hooks);
  if (!computed) return failed(computed);
  for (std::size_t at = 0; at < open.size(); ++at) {
    const auto saved = patiently_([&] { return store_.save(keys[at], (*computed)[at]); });
    if (!saved) return failed(saved);
    answers[open[at]] = std::move((*computed)[at]);
  }
  return answers;
}

Result<Statistics> Answering::statistics(const char* step, const ChannelEdits& edits,
                                         const StatisticsRequest& request) {
  const auto samples = calibration_samples(inputs_.compression.quantization, inputs_.calibration->size());
  if (samples.empty()) return fail(Cause::InvalidInput, "there is no calibration sample");
  const Digest key = statistics_key(inputs_, runtime_, edits.edits.digest(), request, samples);
  const Stopwatch watch;
  observer_.on_event(StepStarted{.name = step, .total = samples.size(), .unit = "samples"});
  const auto known = patiently_([&] { return store_.find_blob(key); });
  if (!known) return failed(known);
  if (*known) {
    // Damaged bytes are as good as none.
    if (auto learned = parsed_statistics(**known)) {
      observer_.on_event(StepFinished{.name = step, .reused = true, .seconds = watch.seconds()});
      return learned;
    }
  }
  if (const auto told = before_work_(); !told) return failed(told);
  auto learned = calibrated(key, edits, request, samples);
  if (!learned) return failed(learned);
  observer_.on_event(StepFinished{.name = step, .seconds = watch.seconds()});
  return learned;
}

Result<Statistics> Answering::calibrated(const Digest& key, const ChannelEdits& edits, const StatisticsRequest& request,
                                         const std::vector<std::size_t>& samples) {
  const auto progress = [&](std::size_t done) {
    observer_.on_event(StepProgress{.done = done, .total = samples.size()});
  };
  auto learned = workbench_.calibrate(edits, request, samples, progress, stop_);
  if (!learned) return learned;
  const auto saved = patiently_([&] { return store_.save_blob(key, "statistics", serialised(*learned)); });
  if (!saved) return failed(saved);
  return learned;
}

}  // namespace quantrail
