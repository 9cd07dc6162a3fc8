#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/infer.h"
#include "model/lowering.h"
#include "model/quantization.h"

namespace quantrail {

struct PlanOptions {
  const Quantization* quantization = nullptr;     ///< null: as the graph says, which is float where it has no codes
  std::set<std::string, std::less<>> reverted{};  ///< names of groups
  RevertMode revert_mode = RevertMode::Full;
  /// Values to keep for reading after a run, as float, before any activation fused behind them. Only for float plans.
  std::vector<std::string> taps{};
  /// Taps are shown while a run goes on, as soon as each is computed (see PlanState::run), and overwritten after that:
  /// their number costs no memory.
  bool fleeting_taps = false;
  /// Threads inside operators, for the latency of a single sample; samples spread over plans of one thread each get
  /// more out of a processor. Float results of different numbers may differ in the last places.
  std::size_t threads = 1;
  const Lowering* lowering = nullptr;  ///< of the graph; null: what follows from all above
};

/// Primitives and reordered weights shared between the plans of ONE graph: reverting a group builds only what changed.
/// Thread-safe.
class PlanCache {
 public:
  PlanCache();
  ~PlanCache();
  PlanCache(const PlanCache&) = delete;
  PlanCache& operator=(const PlanCache&) = delete;
  struct State;
  [[nodiscard]] State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// A network compiled for one shape of its inputs: immutable, shared by threads; each thread runs it through a
/// PlanState.
/// Results for a sample do not depend on the thread, nor on the other samples in the batch.
class Plan {
 public:
  /// `graph` must be canonical and is copied as far as needed. Builds everything that can fail, so that an operator,
  /// type or shape that is not supported is an error here (Unsupported, naming node, operator and opset).
  [[nodiscard]] static Result<std::shared_ptr<const Plan>> build(const Graph& graph, const PlanOptions& options,
                                                                 const InputShapes& shapes, PlanCache& cache);
  /// The same for `batch` samples of a graph whose other sizes are all declared. Errors: also those of input_shapes().
  [[nodiscard]] static Result<std::shared_ptr<const Plan>> build(const Graph& graph, const PlanOptions& options,
                                                                 std::int64_t batch, PlanCache& cache);
  virtual ~Plan() = default;

  [[nodiscard]] virtual std::int64_t batch() const = 0;                 ///< the inputs' common first axis, else 1
  [[nodiscard]] virtual std::span<const ValueInfo> inputs() const = 0;  ///< shapes concrete, with the batch
  /// Shapes concrete; all -1 where they depend on data, see PlanState::output_shape().
  [[nodiscard]] virtual std::span<const ValueInfo> outputs() const = 0;
  [[nodiscard]] virtual std::size_t activation_bytes() const = 0;  ///< arena of one PlanState
};

/// A tapped value after a run: float32, logical shape [N, C, ...]; stored channels-last when `channels_last`.
struct TapView {
  std::span<const float> values{};
  Shape shape{};
  bool channels_last = false;
};

/// Shown during a run: position in PlanOptions::taps, and the value; valid during the call.
using TapSeen = std::function<void(std::size_t, const TapView&)>;

/// What one thread needs to run a plan: buffers and arguments. Not thread-safe; reusable.
class PlanState {
 public:
  explicit PlanState(std::shared_ptr<const Plan> plan);
  ~PlanState();
  PlanState(PlanState&&) noexcept;
  PlanState& operator=(PlanState&&) noexcept;

  /// Where input `index` is written before run(): row-major, of the declared type, whole batch.
  [[nodiscard]] std::span<std::byte> input(std::size_t index);
  /// Computes the outputs. Errors: Backend; where shapes depend on data also InvalidInput and Unsupported, naming the
  /// node.
  [[nodiscard]] Status run();
  /// The same, showing each tap once, in the order in which they are computed.
  [[nodiscard]] Status run(const TapSeen& seen);
  /// Output `index`, row-major, of the declared type; valid until the next run.
  [[nodiscard]] std::span<const std::byte> output(std::size_t index) const;
  /// The shape of output `index` in the last run.
  [[nodiscard]] const Shape& output_shape(std::size_t index) const;
  /// PlanOptions::taps[index]; valid until the next run. Precondition: taps are not fleeting.
  [[nodiscard]] TapView tap(std::size_t index) const;

  struct Impl;
  explicit PlanState(std::unique_ptr<Impl> impl);

 private:
  [[nodiscard]] Status run_late();
  std::unique_ptr<Impl> impl_;
};

/// Samples that evaluation computes at once; depends on the model alone, so that results do not depend on the caller.
/// A fixed batch dimension decides; otherwise a power of two up to 8 that keeps the largest activation near the caches.
/// Errors: InvalidInput for a fixed batch of 0; what shapes do not fit.
[[nodiscard]] Result<std::int64_t> micro_batch(const Graph& graph);
/// The fewest samples that can be computed at once: 1, or a fixed batch dimension. Errors: as of micro_batch().
[[nodiscard]] Result<std::int64_t> least_batch(const Graph& graph);
/// Whether output `output`, of a network with a fixed batch whose size its first axis has, counts samples there, rather
/// than steps or layers that happen to be as many: it does not where another axis grows with the batch instead of it.
[[nodiscard]] bool first_axis_is_batch(const Graph& graph, const std::string& output);

/// What the runtime will use here: for `doctor` and for evaluation keys.
struct RuntimeInfo {
  std::string backend{};               ///< "oneDNN 2.6.3"
  std::string isa{};                   ///< instruction-set class: "avx2", "avx512", "avx512_vnni", "avx512_amx", ...
  bool int8_exact = false;             ///< u8 x s8 products do not saturate (VNNI or AMX)
  bool tiles = false;                  ///< int8 layers run on our own kernel for AMX: the same bits, sooner
  bool wide_tiles = false;             ///< on our own kernel for AVX2, which multiplies 16 bits: without int8_exact
  std::int64_t numerics_revision = 9;  ///< raised when golden outputs change
};
[[nodiscard]] RuntimeInfo runtime_info();

}  // namespace quantrail
