#include <cmath>

#include "run/answering.h"
#include "run/blob_values.h"
#include "run/range_choice.h"
#include "run/samples.h"
#include "run/stopwatch.h"

namespace quantrail {

Status Answering::choose_ranges(const ChannelEdits& edits, const Statistics& learned, Quantization& made) {
  const auto choices = range_choices(params_);
  if (choices.empty()) return {};
  const auto samples = evenly_spread(calibration_samples(params_, inputs_.calibration->size()), kComparedSamples);
  const Stopwatch watch;
  const std::size_t total = choices.size() * samples.size();
  observer_.on_event(StepStarted{.name = "choose ranges", .total = total, .unit = "samples"});
  std::vector<Known> candidates{known(made)};
  std::vector<double> errors;
  bool reused = true;
  for (const auto& choice : choices) {
    if (errors.size() == candidates.size()) {
      auto other = workbench_.quantize(choice.params, edits, learned);
      if (!other) return failed(other, "quantize");
      candidates.push_back(known(*std::move(other)));
    }
    const auto error =
        output_error(*candidates.back(), samples, {.done = errors.size() * samples.size(), .total = total}, reused);
    if (!error) return failed(error, "choose ranges");
    if (std::isnan(*error)) break;
    errors.push_back(*error);
    observer_.on_event(StepProgress{.done = errors.size() * samples.size(), .total = total});
  }
  observer_.on_event(StepFinished{.name = "choose ranges", .reused = reused, .seconds = watch.seconds()});
  if (errors.size() < choices.size()) return {};
  const std::size_t best = best_range_choice(errors);
  if (best == 0) return {};
  params_ = choices[best].params;
  made = candidates[best]->value;
  remarks_.push_back(range_remark(choices, errors, samples.size()));
  return {};
}

Result<double> Answering::output_error(const KnownQuantization& quantization, const std::vector<std::size_t>& samples,
                                       StepProgress before, bool& reused) {
  const Digest key = output_error_key(inputs_, runtime_, quantization.digest, samples);
  const auto known = patiently_([&] { return store_.find_blob(key); });
  if (!known) return failed(known);
  if (*known) {
    if (const auto remembered = parsed_number(**known)) return *remembered;
  }
  reused = false;
  if (const auto told = before_work_(); !told) return failed(told);
  EvaluationHooks hooks{.stop = stop_};
  hooks.progress = [&](std::size_t done) { observer_.on_event(StepProgress{before.done + done, before.total}); };
  const auto error = workbench_.output_error(quantization.value, samples, hooks);
  if (!error) return error;
  const auto saved = patiently_([&] { return store_.save_blob(key, "output error", serialised_number(*error)); });
  if (!saved) return failed(saved);
  return error;
}

}  // namespace quantrail
