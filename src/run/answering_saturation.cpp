#include "run/answering.h"
#include "run/blob_values.h"
#include "run/samples.h"
#include "run/saturation_remark.h"
#include "run/stopwatch.h"

namespace quantrail {

Status Answering::keep_sums_exact(const ChannelEdits& edits, const Statistics& learned, Quantization& made) {
  if (params_.saturation_fix != "measured") return {};
  const auto spoilt = spoilt_layers(made);
  if (!spoilt) return failed(spoilt, "look for saturation");
  if (spoilt->empty()) return {};
  ChannelEdits halving = edits;
  halving.halved.insert(spoilt->begin(), spoilt->end());
  auto again = workbench_.quantize(params_, halving, learned);
  if (!again) return failed(again, "quantize");
  made = *std::move(again);
  remarks_.push_back(saturation_remark(*spoilt));
  return {};
}

Result<std::set<std::string, std::less<>>> Answering::spoilt_layers(const Quantization& quantization) {
  constexpr std::size_t kMostSamples = 16;
  const auto samples = evenly_spread(calibration_samples(params_, inputs_.calibration->size()), kMostSamples);
  const Digest key = spoilt_key(inputs_, runtime_, quantization.digest(), samples);
  const Stopwatch watch;
  observer_.on_event(StepStarted{.name = "look for saturation", .total = samples.size(), .unit = "samples"});
  const auto known = patiently_([&] { return store_.find_blob(key); });
  if (!known) return failed(known);
  if (*known) {
    if (auto remembered = parsed_names(**known)) {
      observer_.on_event(StepFinished{.name = "look for saturation", .reused = true, .seconds = watch.seconds()});
      return *std::move(remembered);
    }
  }
  if (const auto told = before_work_(); !told) return failed(told);
  const auto progress = [&](std::size_t done) {
    observer_.on_event(StepProgress{.done = done, .total = samples.size()});
  };
  auto found = workbench_.spoilt(quantization, samples, progress, stop_);
  if (!found) return found;
  const auto saved = patiently_([&] { return store_.save_blob(key, "spoilt layers", serialised_names(*found)); });
  if (!saved) return failed(saved);
  observer_.on_event(StepFinished{.name = "look for saturation", .seconds = watch.seconds()});
  return found;
}

}  // namespace quantrail
