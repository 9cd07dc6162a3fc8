#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ort_peer.h"
#include "prepared.h"
#include "run/inputs.h"
#include "run/records.h"

namespace quantrail::bench {

/// One search of ours, from the float model to its end.
struct SearchRun {
  double seconds = 0.0;          ///< all of it: measuring, calibrating, ranking, validating, exporting each iteration
  double ranking_seconds = 0.0;  ///< of its rankings
  std::vector<std::pair<std::string, double>> steps{};  ///< name and seconds, as they ended
  std::vector<RankingRecord> rankings{};
  std::vector<IterationRecord> iterations{};
  RunResult result{};
  double baseline = 0.0;
  Quantization quantization{};
  std::vector<std::size_t> ranking_samples{};  ///< of the first ranking
};

/// The network with `samples` validation samples of which the float network's own answers are the labels.
[[nodiscard]] Result<RunInputs> search_inputs(const Prepared& network, std::size_t samples);

/// AccuracyAwareQuantization of `inputs` with an empty store.
[[nodiscard]] Result<SearchRun> searched(const RunInputs& inputs);

/// What the peer took for the same work.
struct PeerRun {
  double session_seconds = 0.0;
  double run_seconds = 0.0;
  std::size_t evaluations = 0;
  [[nodiscard]] double seconds() const { return session_seconds + run_seconds; }
};

/// Drives ONNX Runtime through evaluations of a search, each by a session of its own for a file that our exporter
/// writes, with the guard that keeps reverted layers in float. Making the files is not counted, nor is handing over
/// samples: only sessions and their runs.
class PeerLoop {
 public:
  /// Hands `samples` over, in batches of `batch`; the peer forgets those of an earlier loop.
  [[nodiscard]] static Result<PeerLoop> made(OrtPeer& peer, const RunInputs& inputs, std::vector<std::size_t> samples,
                                             std::size_t batch, std::filesystem::path folder);

  /// Accuracy on them with `reverted` groups in float, or with all of it for `quantization` null.
  [[nodiscard]] Result<double> evaluate(const Quantization* quantization,
                                        const std::set<std::string, std::less<>>& reverted, PeerRun& run);

 private:
  PeerLoop(OrtPeer& peer, const RunInputs& inputs, std::vector<std::size_t> samples, std::filesystem::path folder)
      : peer_(&peer), inputs_(&inputs), samples_(std::move(samples)), folder_(std::move(folder)) {}

  OrtPeer* peer_;
  const RunInputs* inputs_;
  std::vector<std::size_t> samples_;
  std::filesystem::path folder_;
};

}  // namespace quantrail::bench
