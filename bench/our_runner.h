#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "batch.h"
#include "runtime/plan.h"

namespace quantrail::bench {

/// A network with one float32 output, run over whole batches: the batch is cut into the runtime's micro-batches
/// (smaller where threads would have nothing to do), which the threads share.
class OurRunner {
 public:
  /// A batch of fewer samples than threads shares its operators' loops. Errors: what Plan::build gives.
  [[nodiscard]] static Result<OurRunner> made(const Graph& graph, const Quantization* quantization, std::size_t batch,
                                              std::size_t threads);
  /// Copies the inputs in, computes, copies the output out: all that a caller of a runtime pays for.
  [[nodiscard]] Result<std::vector<float>> run(const Batch& batch);

 private:
  explicit OurRunner(std::shared_ptr<const Plan> plan, std::size_t chunks, std::size_t threads);
  Status run_chunk(const Batch& batch, std::size_t chunk, PlanState& state, std::vector<float>& result) const;
  std::shared_ptr<const Plan> plan_;
  std::size_t chunks_;
  std::vector<PlanState> states_{};  // one per thread
};

}  // namespace quantrail::bench
