#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "runtime/plan.h"

namespace quantrail::bench {

/// A network of one float32 input and output, run over whole batches: the batch is cut into the runtime's micro-batches
/// (smaller where threads would have nothing to do), which the threads share.
class OurRunner {
 public:
  /// `batch` must be a multiple of `threads`. Errors: what Plan::build gives.
  [[nodiscard]] static Result<OurRunner> made(const Graph& graph, const Quantization* quantization, std::size_t batch,
                                              std::size_t threads);
  /// Copies `images` in, computes, copies the logits out: all that a caller of a runtime pays for.
  [[nodiscard]] Result<std::vector<float>> run(std::span<const float> images);

 private:
  explicit OurRunner(std::shared_ptr<const Plan> plan, std::size_t chunks, std::size_t threads);
  std::shared_ptr<const Plan> plan_;
  std::size_t chunks_;
  std::vector<PlanState> states_{};  // one per thread
};

}  // namespace quantrail::bench
