#include "runtime/tile_linear.h"

#include "runtime/conv_window.h"
#include "runtime/kernels_tiles.h"
#include "runtime/plan.h"
#include "runtime/shared_work.h"

namespace quantrail {
namespace {

using kernels::CodeTiles;
using kernels::TileShape;
using kernels::TileWeights;

TileShape tile_shape(const ConvShape& conv) {
  TileShape shape{window_shape(conv)};
  shape.columns = conv.channels_out;
  return shape;
}

TileShape tile_shape(const MatMulShape& product) {
  TileShape shape;
  shape.channels = product.rhs[0];
  shape.columns = product.rhs[1];
  shape.in_w = shape.out_w = product.lhs[0];
  return shape;
}

bool fits(const ConvShape& conv) { return !conv.transposed && conv.groups == 1 && conv.in.size() <= 2; }
bool fits(const MatMulShape& product) { return product.lhs.size() == 2 && product.rhs.size() == 2; }

TileWeights::Order order_of(const std::variant<ConvShape, MatMulShape>& shape) {
  const auto* product = std::get_if<MatMulShape>(&shape);
  if (product == nullptr) return TileWeights::Order::Convolution;
  return product->rhs_by_columns ? TileWeights::Order::Columns : TileWeights::Order::Rows;
}

kernels::TileRule rule_of(const LinearSpec& spec) {
  kernels::TileRule rule{static_cast<std::uint8_t>(spec.source_zero_point), spec.epilogue.scale, spec.epilogue.bias,
                         static_cast<std::uint8_t>(spec.epilogue.zero_point)};
  if (const auto& sum = spec.epilogue.code_sum) rule.sum = kernels::TileSum{sum->addition, sum->own_first};
  rule.accumulate = spec.epilogue.accumulate;
  rule.lo = spec.epilogue.clamp.lo;
  rule.hi = spec.epilogue.clamp.hi;
  if (spec.result == ElementType::Uint8) {
    rule.lo = std::max(rule.lo, 0.0F);
    rule.hi = std::min(rule.hi, 255.0F);
  }
  return rule;
}

class TileLinear final : public Linear {
 public:
  TileLinear(const LinearSpec& spec, const TileShape& shape, std::shared_ptr<const TileWeights> weights,
             std::size_t threads)
      : threads_(threads),
        to_codes_(spec.result == ElementType::Uint8),
        tiles_(shape, std::move(weights), rule_of(spec)) {}

  [[nodiscard]] Action bound(const Operands& operands) const override {
    const auto* source = reinterpret_cast<const std::uint8_t*>(operands.source);
    if (to_codes_) return bound_to(source, reinterpret_cast<std::uint8_t*>(operands.result), operands.scratch);
    return bound_to(source, reinterpret_cast<float*>(operands.result), operands.scratch);
  }
  [[nodiscard]] std::size_t scratch_bytes() const override { return threads_ * tiles_.scratch_bytes(); }
  [[nodiscard]] std::string kernel() const override { return "tiles"; }

 private:
  template <class T>
  Action bound_to(const std::uint8_t* source, T* result, std::byte* scratch) const {
    return action([this, source, result, scratch] {
      shared_work(threads_, static_cast<std::size_t>(tiles_.blocks()), 1,
                  [&](std::size_t first, std::size_t last, std::size_t piece) {
                    tiles_.run(source, result, scratch + piece * tiles_.scratch_bytes(),
                               {static_cast<std::int64_t>(first), static_cast<std::int64_t>(last)});
                  });
    });
  }

  std::size_t threads_;
  bool to_codes_;
  CodeTiles tiles_;
};

/// What multiplies tiles here; nothing where oneDNN does as well.
std::optional<kernels::TileIsa> tile_isa() {
  static const std::optional<kernels::TileIsa> kIsa = []() -> std::optional<kernels::TileIsa> {
    const RuntimeInfo info = runtime_info();
    if (info.tiles) return kernels::TileIsa::Amx;
    if (info.wide_tiles) return kernels::TileIsa::Avx2;
    return std::nullopt;
  }();
  return kIsa;
}

}  // namespace

bool runs_on_tiles(const LinearSpec& spec) {
  if (!tile_isa() || spec.source != ElementType::Uint8 || spec.epilogue.silu) return false;
  return std::visit([](const auto& shape) { return fits(shape) && CodeTiles::fits(tile_shape(shape)); }, spec.shape);
}

std::shared_ptr<const Linear> tile_linear(const LinearSpec& spec, const LinearWeights& weights, std::size_t threads,
                                          PlanCache::State& cache) {
  const TileShape shape = std::visit([](const auto& given) { return tile_shape(given); }, spec.shape);
  const kernels::TileIsa isa = tile_isa().value();
  Hasher hasher;
  hasher.add("tiles").add(weights.identity);
  auto packed = cache.get<TileWeights>(hasher.finish(), [&]() -> Result<std::shared_ptr<const TileWeights>> {
    const std::span codes(reinterpret_cast<const std::int8_t*>(weights.bytes.data()), weights.bytes.size());
    return std::make_shared<const TileWeights>(shape, codes, order_of(spec.shape), isa);
  });
  return std::make_shared<const TileLinear>(spec, shape, std::move(*packed), threads);
}

}  // namespace quantrail
