#pragma once

#include <optional>

#include "runtime/arena.h"
#include "runtime/late_part.h"
#include "runtime/plan.h"
#include "runtime/processor.h"
#include "runtime/program.h"

namespace quantrail {

/// A plan with its inside: what PlanState works on.
class CompiledPlan final : public Plan {
 public:
  struct Value {
    ValueInfo info{};
    StorageId storage = 0;
    bool channels_last = false;
  };
  /// An output is what a step leaves, or one of the late part's.
  struct Output {
    StorageId storage = 0;
    std::optional<std::size_t> late{};
  };

  /// Plan::build() for a given processor.
  [[nodiscard]] static Result<std::shared_ptr<const Plan>> compiled(const Graph& graph, const PlanOptions& options,
                                                                    const InputShapes& shapes, PlanCache& cache,
                                                                    const Processor& processor);

  [[nodiscard]] std::int64_t batch() const override { return batch_; }
  [[nodiscard]] std::span<const ValueInfo> inputs() const override { return input_infos_; }
  [[nodiscard]] std::span<const ValueInfo> outputs() const override { return output_infos_; }
  [[nodiscard]] std::size_t activation_bytes() const override { return layout_.bytes; }

  [[nodiscard]] std::size_t threads() const { return threads_; }
  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const ArenaLayout& layout() const { return layout_; }
  [[nodiscard]] StorageId input(std::size_t index) const { return inputs_.at(index); }
  [[nodiscard]] const std::vector<StorageId>& input_storages() const { return inputs_; }
  /// All that must be there once the steps have run.
  [[nodiscard]] std::vector<StorageId> left_storages() const;
  [[nodiscard]] const Output& output(std::size_t index) const { return outputs_.at(index); }
  /// Null when all shapes are known.
  [[nodiscard]] const std::shared_ptr<const LatePart>& late() const { return late_; }
  [[nodiscard]] bool has_taps() const { return !taps_.empty(); }
  [[nodiscard]] const Value& tap(std::size_t index) const { return taps_.at(index); }
  /// Positions of the taps that are whole once so many steps of the program have run; one entry more than steps.
  [[nodiscard]] const std::vector<std::vector<std::size_t>>& taps_after() const { return taps_after_; }

 private:
  std::int64_t batch_ = 1;
  std::size_t threads_ = 1;
  Program program_{};
  ArenaLayout layout_{};
  std::vector<ValueInfo> input_infos_{};
  std::vector<ValueInfo> output_infos_{};
  std::vector<StorageId> inputs_{};
  std::vector<Output> outputs_{};
  std::shared_ptr<const LatePart> late_{};
  std::vector<Value> taps_{};
  std::vector<std::vector<std::size_t>> taps_after_{};
};

}  // namespace quantrail
