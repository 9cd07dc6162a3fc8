#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "runtime/code_arithmetic.h"
#include "runtime/kernels_aligned.h"
#include "runtime/kernels_window.h"

namespace quantrail::kernels {

/// src · weights → dst [batch, out_h, out_w, columns]. A matrix product has its rows along in_w.
struct TileShape : WindowShape {
  std::int64_t columns = 1;

  [[nodiscard]] std::int64_t rows() const { return batch * out_h * out_w; }
  [[nodiscard]] std::int64_t depth() const { return kernel_h * kernel_w * channels; }
};

/// An addition behind the result's codes, to what the destination held.
struct TileSum {
  CodeAddition addition{};
  bool own_first = false;  ///< the result's codes are the left operand
};

/// How sums become results, per column c: scale[c] * (float(sum) + bias[c]), for codes rounded half to even and
/// result_zero_point added, clamped to [lo, hi].
struct TileRule {
  std::uint8_t zero_point = 0;     ///< of the source
  std::span<const float> scale{};  ///< one per column, or one for all; finite
  std::span<const float> bias{};   ///< one per column, in units of the sum; empty: none
  std::uint8_t result_zero_point = 0;
  std::optional<TileSum> sum{};  ///< codes only: behind the result's own codes, before the clamp
  bool accumulate = false;       ///< float only: adds what the destination held, before the clamp
  float lo = 0.0F;               ///< of codes: whole numbers, as is hi, within [0, 255]
  float hi = 255.0F;
};

/// What multiplies tiles; sums are exact with either, so that results are the same bits.
enum class TileIsa : std::uint8_t {
  Avx2,  ///< codes widened to 16 bits, whose products do not saturate
  Amx,   ///< AMX-INT8
};

/// Whether this processor has it and the system lets us.
[[nodiscard]] bool has_tiles(TileIsa isa);
[[nodiscard]] bool has_amx();
[[nodiscard]] bool has_avx2();

/// How the depth of a shape is cut into what a tile holds, at most 64 elements and a multiple of 4.
struct TileDepth {
  std::int64_t elements = 0;  ///< of one tile; 0 where the shape cannot be cut, and nothing below works
  std::int64_t taps = 1;      ///< of a kernel's row that are in one tile, with all their channels
  std::int64_t channels = 0;  ///< of a tap, up to a multiple of 4: weights of those that do not exist are 0
};
/// Few channels: a row of the kernel. Else: a tap's channels in as few equal parts as there can be.
[[nodiscard]] TileDepth tile_depth(const TileShape& shape);

/// Weights in the order in which tiles of one kind take them; immutable.
class TileWeights {
 public:
  /// How the given weights lie.
  enum class Order : std::uint8_t {
    Rows,         ///< [depth, columns]
    Columns,      ///< [columns, depth]
    Convolution,  ///< [columns, channels, kernel_h, kernel_w]
  };
  TileWeights(const TileShape& shape, std::span<const std::int8_t> weights, Order order, TileIsa isa);

  [[nodiscard]] TileIsa isa() const { return isa_; }
  /// Of 32 columns: [tiles of depth][16 columns, twice][depth / 4][16 columns][4 of depth] (Amx).
  [[nodiscard]] const std::int8_t* block(std::int64_t block) const { return bytes_.data() + block * block_size_; }
  /// Of 32 columns: [tiles of depth][16 columns, twice][depth / 2][16 columns][2 of depth] (Avx2).
  [[nodiscard]] const std::int16_t* words(std::int64_t block) const { return words_.data() + block * block_size_; }
  /// Sums over depth, one per column and zeros up to a whole block.
  [[nodiscard]] std::span<const std::int32_t> sums() const { return sums_; }

 private:
  template <class T>
  void pack(const TileShape& shape, std::span<const std::int8_t> weights, Order order, AlignedVector<T>& packed);

  TileIsa isa_;
  std::int64_t block_size_ = 0;  // weights
  AlignedVector<std::int8_t> bytes_{};
  AlignedVector<std::int16_t> words_{};
  AlignedVector<std::int32_t> sums_{};
};

/// An int8 convolution or matrix product on tiles, prepared once; immutable and thread-safe. Sums are exact in int32.
///
/// Tiles hold 16 rows at equal distances. The sources of neighbouring outputs are that where there is neither stride
/// nor padding; else lines of the source are first copied, with zero points around them, into planes: one for each
/// remainder that the lines of a window leave when divided by the stride. Outputs that would begin in the last columns
/// of a plane's line do not exist; they are computed and left out.
class CodeTiles {
 public:
  /// Whether the depth can be cut, and there are enough rows for a block.
  [[nodiscard]] static bool fits(const TileShape& shape);

  /// fits(shape) and has_tiles(weights->isa()).
  CodeTiles(const TileShape& shape, std::shared_ptr<const TileWeights> weights, const TileRule& rule);

  /// Blocks of 32 columns: what can be computed apart.
  [[nodiscard]] std::int64_t blocks() const { return blocks_; }
  struct Blocks {
    std::int64_t first = 0;
    std::int64_t last = 0;  ///< one behind
  };
  /// Of one run at a time, to be aligned to 64.
  [[nodiscard]] std::size_t scratch_bytes() const;

  /// Codes. Writes the given blocks.
  void run(const std::uint8_t* src, std::uint8_t* dst, std::byte* scratch, Blocks blocks) const;
  /// Not rounded.
  void run(const std::uint8_t* src, float* dst, std::byte* scratch, Blocks blocks) const;

 private:
  /// Outputs that are computed together: lines of `line` positions, of which the first `live` exist.
  struct Panel {
    const std::uint8_t* source = nullptr;
    std::int64_t bytes = 0;      ///< of the source
    std::int64_t positions = 0;  ///< >= 32
    std::int64_t done = 0;       ///< positions that have been written already
    std::int64_t line = 0;
    std::int64_t live = 0;
    std::int64_t first_row = 0;  ///< of the result
  };
  template <class Visit>
  void for_each_panel(const std::uint8_t* src, std::byte* scratch, Visit visit) const;
  template <class Visit>
  static void for_each_line(const Panel& panel, std::int64_t done, Visit visit);
  /// Whether no result can come near the end of int32.
  [[nodiscard]] bool is_far_from_overflow() const;
  void copy_lines(const std::uint8_t* image, std::int64_t out_y, std::int64_t count, std::uint8_t* planes) const;
  /// Calls run<kSum, kClamp>().
  template <class Run>
  void with_rule(Run run) const;

  void run_amx(const std::uint8_t* src, std::uint8_t* dst, std::byte* scratch, Blocks blocks) const;
  void run_amx(const std::uint8_t* src, float* dst, std::byte* scratch, Blocks blocks) const;
  template <class T, bool kSum, bool kClamp>
  void run_amx_as(const std::uint8_t* src, T* dst, std::byte* scratch, Blocks blocks) const;
  void run_avx2(const std::uint8_t* src, std::uint8_t* dst, std::byte* scratch, Blocks blocks) const;
  void run_avx2(const std::uint8_t* src, float* dst, std::byte* scratch, Blocks blocks) const;
  template <class T, bool kSum, bool kClamp>
  void run_avx2_as(const std::uint8_t* src, T* dst, std::byte* scratch, Blocks blocks) const;

  TileShape shape_;
  std::shared_ptr<const TileWeights> weights_;
  std::uint8_t zero_point_;
  std::uint8_t result_zero_point_;
  std::optional<TileSum> sum_;
  bool accumulate_;
  float lo_;  // of what is rounded; with a sum, of the sum
  float hi_;
  bool clamps_ = true;  // packing to codes alone would not saturate as wanted
  std::int64_t blocks_;
  TileDepth depth_;
  bool in_place_;
  std::int64_t panel_;            // positions where in_place_, else lines
  std::int64_t least_lines_ = 0;  // of outputs: a block of positions
  std::int64_t planes_ = 0;
  std::int64_t pixels_ = 0;                // of a plane's line
  std::int64_t plane_ = 0;                 // bytes
  std::int64_t most_bytes_ = 0;            // of a panel's source
  AlignedVector<std::int64_t> offsets_{};  // of each tile of depth, from a position's first source, in bytes
  // Per column, up to whole blocks.
  AlignedVector<std::int32_t> start_{};  // what sums start with; empty: 0
  AlignedVector<float> scale_{};
  AlignedVector<float> bias_{};
};

}  // namespace quantrail::kernels
