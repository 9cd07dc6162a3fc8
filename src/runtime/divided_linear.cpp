#include "runtime/divided_linear.h"

#include <algorithm>

#include "model/shape_math.h"
#include "runtime/shared_work.h"
#include "runtime/thread_limit.h"
#include "runtime/tile_linear.h"

namespace quantrail {
namespace {

/// Rows [first, last).
struct Rows {
  std::int64_t first = 0;
  std::int64_t last = 0;
  [[nodiscard]] std::int64_t count() const { return last - first; }
};

/// Empty where the largest share would be more than a tenth over the mean: oneDNN can divide by channels as well.
std::vector<Rows> shares(std::int64_t rows, std::size_t threads) {
  const auto pieces = static_cast<std::int64_t>(threads);
  const std::int64_t largest = (rows + pieces - 1) / pieces;
  if (10 * largest * pieces > 11 * rows) return {};
  std::vector<Rows> shares;
  for (std::int64_t piece = 0; piece < pieces; ++piece)
    shares.push_back({rows * piece / pieces, rows * (piece + 1) / pieces});
  return shares;
}

std::int64_t product_behind(const std::vector<std::int64_t>& sizes, std::size_t axis) {
  return element_count({sizes.begin() + static_cast<std::ptrdiff_t>(axis) + 1, sizes.end()});
}

/// The rows of the result along the first spatial axis, from the source rows that their windows touch; nothing where
/// they see padding alone.
std::optional<ConvPiece> piece_of(const ConvShape& whole, Rows rows) {
  ConvShape shape = whole;
  const std::int64_t begin = rows.first * whole.stride[0] - whole.pad_begin[0];
  const std::int64_t end = (rows.last - 1) * whole.stride[0] - whole.pad_begin[0] +
                           (whole.kernel[0] - 1) * whole.dilation[0] + 1;  // one behind
  const std::int64_t first = std::max<std::int64_t>(begin, 0);
  const std::int64_t last = std::min<std::int64_t>(end, whole.in[0]);
  if (first >= last) return std::nullopt;
  shape.in[0] = last - first;
  shape.out[0] = rows.count();
  shape.pad_begin[0] = first - begin;
  shape.pad_end[0] = end - last;
  const std::int64_t in_row = product_behind(whole.in, 0) * whole.channels_in;
  const std::int64_t out_row = product_behind(whole.out, 0) * whole.channels_out;
  return ConvPiece{shape, first * in_row, rows.first * out_row};
}

class DividedLinear final : public Linear {
 public:
  struct Part {
    ConvPiece piece{};
    std::shared_ptr<const Linear> linear{};
  };

  DividedLinear(std::vector<Part> parts, const LinearSpec& spec)
      : parts_(std::move(parts)), source_(size_of(spec.source)), result_(size_of(spec.result)) {}

  [[nodiscard]] Action bound(const Operands& operands) const override {
    std::vector<Action> actions;
    std::size_t scratch = 0;
    for (const Part& part : parts_) {
      const auto offset = [](std::int64_t elements, std::size_t size) {
        return static_cast<std::size_t>(elements) * size;
      };
      Operands own = operands;
      own.source += offset(part.piece.source, source_);
      own.result += offset(part.piece.result, result_);
      own.scratch += scratch;
      scratch += scratch_of(part);
      actions.push_back(part.linear->bound(own));
    }
    return [actions = std::move(actions), statuses = std::vector<Status>(parts_.size())]() mutable -> Status {
      shared_work(actions.size(), actions.size(), 1, [&](std::size_t first, std::size_t last, std::size_t) {
        for (std::size_t at = first; at < last; ++at) statuses[at] = actions[at]();
      });
      const auto bad = std::find_if(statuses.begin(), statuses.end(), [](const Status& done) { return !done; });
      return bad == statuses.end() ? Status{} : *bad;
    };
  }

  [[nodiscard]] std::size_t scratch_bytes() const override {
    std::size_t bytes = 0;
    for (const Part& part : parts_) bytes += scratch_of(part);
    return bytes;
  }
  [[nodiscard]] std::string kernel() const override { return parts_[0].linear->kernel(); }

 private:
  /// Each part's memory begins at a cache line of its own.
  static std::size_t scratch_of(const Part& part) { return (part.linear->scratch_bytes() + 63) / 64 * 64; }

  std::vector<Part> parts_;
  std::size_t source_;  // bytes per element
  std::size_t result_;
};

}  // namespace

std::vector<ConvPiece> pieces_of(const ConvShape& whole, std::size_t threads) {
  if (whole.batch != 1 || whole.transposed) return {};
  std::vector<ConvPiece> pieces;
  for (const Rows rows : shares(whole.out[0], threads)) {
    auto piece = piece_of(whole, rows);
    if (!piece) return {};
    pieces.push_back(std::move(*piece));
  }
  return pieces;
}

namespace {

Result<std::shared_ptr<const Linear>> whole_linear(const LinearSpec& spec, const LinearWeights* weights,
                                                   std::size_t threads, PlanCache::State& cache) {
  if (weights != nullptr && runs_on_tiles(spec)) return tile_linear(spec, *weights, threads, cache);
  return Linear::make(spec, weights, cache);
}

}  // namespace

Result<std::shared_ptr<const Linear>> divided_linear(const LinearSpec& spec, const LinearWeights* weights,
                                                     std::size_t threads, PlanCache::State& cache) {
  const auto* conv = std::get_if<ConvShape>(&spec.shape);
  auto pieces = threads > 1 && conv != nullptr ? pieces_of(*conv, threads) : std::vector<ConvPiece>{};
  const auto on_tiles = [&](const ConvPiece& piece) { return runs_on_tiles(LinearSpec{piece.shape, spec.source}); };
  const bool alike = weights == nullptr || !runs_on_tiles(spec) || std::all_of(pieces.begin(), pieces.end(), on_tiles);
  if (pieces.empty() || !alike) return whole_linear(spec, weights, threads, cache);
  const ThreadLimit alone(1);
  std::vector<DividedLinear::Part> parts;
  for (ConvPiece& piece : pieces) {
    LinearSpec own = spec;
    own.shape = piece.shape;
    auto linear = whole_linear(own, weights, 1, cache);
    if (!linear) return linear;
    parts.push_back({std::move(piece), std::move(*linear)});
  }
  return std::make_shared<const DividedLinear>(std::move(parts), spec);
}

}  // namespace quantrail
