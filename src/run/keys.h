#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>

#include "base/hash.h"
#include "model/quantization.h"
#include "quantize/full_bias_correction.h"
#include "quantize/statistics.h"
#include "run/inputs.h"
#include "runtime/plan.h"

namespace quantrail {

/// What answers are remembered by: hashes of everything that can change them, and of nothing else. So not of the
/// release, the number of threads, the time or the memory; what a new release computes differently raises a revision.

/// One evaluation on the validation data.
struct EvaluationIdentity {
  std::optional<Digest> quantization{};  ///< Quantization::digest(); nothing for the float model
  std::set<std::string, std::less<>> reverted{};
  RevertMode revert_mode = RevertMode::Full;
  bool distance = false;
  std::set<std::string, std::less<>> left_out{};  ///< names of metrics that are not asked for
};
/// Where metrics are left out, the same as if there were no such metrics.
[[nodiscard]] Digest evaluation_key(const RunInputs& inputs, const RuntimeInfo& runtime,
                                    const EvaluationIdentity& identity, std::span<const std::size_t> samples);

/// Statistics of the calibration data, of the float network with `edits` (Quantization::digest()) in place.
[[nodiscard]] Digest statistics_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& edits,
                                    const StatisticsRequest& request, std::span<const std::size_t> samples);

/// The full bias correction of `quantization` on samples of the calibration data.
[[nodiscard]] Digest correction_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                                    const FullCorrection& options, std::span<const std::size_t> samples);

/// The output error of `quantization` on samples of the calibration data, see Workbench::output_error().
[[nodiscard]] Digest output_error_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                                      std::span<const std::size_t> samples);

/// The layers of `quantization` that CPUs without VNNI would spoil, on samples of the calibration data.
[[nodiscard]] Digest spoilt_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                                std::span<const std::size_t> samples);

/// What a variant's file is (SnapshotFacts).
[[nodiscard]] Digest snapshot_key(const RunInputs& inputs, const Digest& quantization,
                                  const std::set<std::string, std::less<>>& reverted, RevertMode mode);

/// How much faster than float a variant computes with inputs.threads threads, on samples of the validation data's size.
[[nodiscard]] Digest speed_key(const RunInputs& inputs, const RuntimeInfo& runtime, const Digest& quantization,
                               const std::set<std::string, std::less<>>& reverted, RevertMode mode);

}  // namespace quantrail
