#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runtime/compile.h"

namespace quantrail {

/// One thing that a PlanState does when it runs.
struct PlanPart {
  enum class Does : std::uint8_t {
    Run,       ///< `step` of the program
    Keep,      ///< copies `storage` to `offset` of memory that states of several plans share
    TakeOver,  ///< copies it from there
  };
  Does does = Does::Run;
  std::size_t step = 0;
  StorageId storage = 0;
  std::size_t offset = 0;
};

struct PlanState::Impl {
  /// `memory` (at least as large as the plan's arena) may serve several states, of which one is used at a time. `kept`:
  /// what parts copy to and from.
  Impl(std::shared_ptr<const CompiledPlan> compiled, std::span<const PlanPart> parts,
       std::shared_ptr<const AlignedBytes> memory, std::byte* kept);

  /// Null for an output that a step leaves.
  [[nodiscard]] const Tensor* late_output(std::size_t index) const {
    const auto& place = plan->output(index).late;
    return place ? &late->output(*place) : nullptr;
  }

  std::shared_ptr<const CompiledPlan> plan;
  std::shared_ptr<const AlignedBytes> arena;
  Bindings at;
  std::vector<Action> actions{};
  std::optional<LateRun> late{};
};

}  // namespace quantrail
