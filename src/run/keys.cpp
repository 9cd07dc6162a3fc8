#include "run/keys.h"

#include <algorithm>

#include "export/export.h"

namespace quantrail {
namespace {

/// Raised when calibration learns something else from the same samples.
constexpr std::int64_t kStatisticsRevision = 6;
/// Raised when full bias correction decides something else from the same samples.
constexpr std::int64_t kCorrectionRevision = 3;
/// Raised when other layers are found to be spoilt by saturation.
constexpr std::int64_t kSpoiltRevision = 1;
/// Raised when some files come out otherwise, or what is known of them, while others stay as they are.
constexpr std::int64_t kSnapshotRevision = 3;
/// Raised when evaluations mean something else, such as another definition of the distance, or hold more.
constexpr std::int64_t kEvaluationRevision = 4;

void add(Hasher& hasher, const RuntimeInfo& runtime) {
  hasher.add(runtime.backend)
      .add(runtime.isa)
      .add(std::int64_t{runtime.int8_exact})
      .add(std::int64_t{runtime.wide_tiles})
      .add(runtime.numerics_revision);
}

void add(Hasher& hasher, const std::set<std::string, std::less<>>& names) {
  hasher.add(static_cast<std::int64_t>(names.size()));
  for (const auto& name : names) hasher.add(name);
}

void add(Hasher& hasher, const Dataset& data, std::span<const std::size_t> samples) {
  hasher.add(data.fingerprint()).add(static_cast<std::int64_t>(samples.size()));
  for (const auto sample : samples) hasher.add(static_cast<std::int64_t>(sample));
}

/// Of what calibration samples tell of a quantization.
Digest learned_key(std::string_view what, std::int64_t revision, const RunInputs& inputs, const RuntimeInfo& runtime,
                   const Digest& quantization, std::span<const std::size_t> samples) {
  Hasher hasher;
  hasher.add(what).add(revision).add(inputs.model);
  add(hasher, runtime);
  hasher.add(quantization);
  add(hasher, *inputs.calibration, samples);
  return hasher.finish();
}

}  // namespace

Digest evaluation_key(const RunInputs& inputs, const RuntimeInfo& runtime, const EvaluationIdentity& identity,
                      std::span<const std::size_t> samples) {
  Hasher hasher;
  hasher.add("evaluation").add(kEvaluationRevision).add(inputs.model);
  add(hasher, runtime);
  hasher.add(std::int64_t{identity.quantization.has_value()});
  if (identity.quantization) hasher.add(*identity.quantization);
  add(hasher, identity.reverted);
  if (!identity.reverted.empty()) hasher.add(name_of(identity.revert_mode));
  hasher.add(std::int64_t{identity.distance});
  add(hasher, *inputs.validation, samples);
  const auto asked = [&](const auto& metric) { return !identity.left_out.contains(metric->name()); };
  hasher.add(static_cast<std::int64_t>(std::count_if(inputs.metrics.begin(), inputs.metrics.end(), asked)));
  for (const auto& metric : inputs.metrics) {
    if (asked(metric)) hasher.add(metric->name()).add(metric->identity());
  }
  return hasher.finish();
}

Digest statistics_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& edits,
                      const StatisticsRequest& request, std::span<const std::size_t> samples) {
  Hasher hasher;
  hasher.add("statistics").add(kStatisticsRevision).add(inputs.model);
  add(hasher, runtime);
  hasher.add(edits);
  for (const auto* values : {&request.extremes, &request.histograms, &request.channel_means,
                             &request.channel_magnitudes, &request.channel_quantiles, &request.last_axis}) {
    add(hasher, *values);
  }
  hasher.add(static_cast<std::int64_t>(request.outlier_probs.size()));
  for (const double p : request.outlier_probs) hasher.add(p);
  add(hasher, *inputs.calibration, samples);
  return hasher.finish();
}

Digest correction_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                      const FullCorrection& options, std::span<const std::size_t> samples) {
  Hasher hasher;
  hasher.add("bias correction").add(kCorrectionRevision).add(inputs.model);
  add(hasher, runtime);
  hasher.add(quantization)
      .add(options.threshold)
      .add(std::int64_t{options.all_layers})
      .add(std::int64_t{options.in_codes});
  add(hasher, *inputs.calibration, samples);
  return hasher.finish();
}

Digest output_error_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                        std::span<const std::size_t> samples) {
  return learned_key("output error", kEvaluationRevision, inputs, runtime, quantization, samples);
}

Digest spoilt_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                  std::span<const std::size_t> samples) {
  return learned_key("spoilt layers", kSpoiltRevision, inputs, runtime, quantization, samples);
}

Digest snapshot_key(const RunInputs& inputs, const Digest& quantization,
                    const std::set<std::string, std::less<>>& reverted, RevertMode mode) {
  Hasher hasher;
  hasher.add("snapshot")
      .add(kSnapshotRevision)
      .add(exporter_revision())
      .add(inputs.model)
      .add(quantization)
      .add(name_of(mode));
  add(hasher, reverted);
  return hasher.finish();
}

Digest speed_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                 const std::set<std::string, std::less<>>& reverted, RevertMode mode) {
  Hasher hasher;
  hasher.add("speed by shortest turns").add(inputs.model);
  add(hasher, runtime);
  hasher.add(quantization).add(name_of(mode)).add(static_cast<std::int64_t>(inputs.threads));
  add(hasher, reverted);
  if (!inputs.validation) return hasher.finish();
  for (const auto& input : inputs.validation->inputs()) {
    hasher.add(input.name).add(name_of(input.type)).add_bytes(std::as_bytes(std::span(input.shape)));
  }
  return hasher.finish();
}

}  // namespace quantrail
