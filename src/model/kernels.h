#pragma once

#include <map>
#include <span>
#include <string_view>

#include "model/shape_rules.h"

namespace quantrail {

/// One call of an operator. Its shape rule has accepted the inputs; `outputs` have the types it gave and are zero.
/// Except in kernels registered as kAsStored, float16 and bfloat16 appear as float32, in `view` too: the caller widens
/// inputs and rounds outputs, so that each result is rounded once.
struct KernelCall {
  const NodeView& view;
  std::span<const Tensor* const> inputs;  ///< null: left out
  std::span<Tensor> outputs;

  [[nodiscard]] const Tensor& input(std::size_t index) const { return *inputs[index]; }
  [[nodiscard]] bool has(std::size_t index) const { return index < inputs.size() && inputs[index] != nullptr; }
  [[nodiscard]] Tensor& output() const { return outputs[0]; }
};

/// What a kernel makes of element types: numbers to compute with, or bits to move or convert.
enum class Reading : std::uint8_t { AsNumbers, AsStored };
constexpr Reading kAsStored = Reading::AsStored;

/// Errors are about values (an index out of range, a division by zero) or types without an implementation.
struct Kernel {
  using Run = Status (*)(const KernelCall&);
  Kernel() = default;
  Kernel(Run run_, Reading reading_ = Reading::AsNumbers) : run(run_), reading(reading_) {}
  Run run = nullptr;
  Reading reading = Reading::AsNumbers;
};
using Kernels = std::map<std::string_view, Kernel>;

void add_movement_kernels(Kernels& kernels);              // Reshape, Concat, Split, Slice, Transpose, Expand, Tile, ...
void add_indexing_kernels(Kernels& kernels);              // Gather, GatherElements, Pad, DepthToSpace, SpaceToDepth
void add_arithmetic_kernels(Kernels& kernels);            // Add, Sub, ..., Pow, Mod, Min, Max, Sum, Mean
void add_logic_kernels(Kernels& kernels);                 // comparisons, And, Or, Xor, Not, Where
void add_bit_kernels(Kernels& kernels);                   // BitShift, Bitwise*
void add_function_kernels(Kernels& kernels);              // Relu, Neg, Abs, Floor, Clip, PRelu, Range, ...
void add_transcendental_kernels(Kernels& kernels);        // Exp, Log, Sin, Tanh, Erf, ...
void add_activation_kernels(Kernels& kernels);            // Sigmoid, LeakyRelu, Gelu, ...
void add_scatter_kernels(Kernels& kernels);               // ScatterElements, ScatterND, GatherND
void add_selection_kernels(Kernels& kernels);             // Compress, NonZero, Unique, TopK
void add_pattern_kernels(Kernels& kernels);               // EyeLike, Trilu, OneHot, Hardmax
void add_sequence_kernels(Kernels& kernels);              // CumSum, ReverseSequence
void add_determinant_kernels(Kernels& kernels);           // Det
void add_loss_kernels(Kernels& kernels);                  // NegativeLogLikelihoodLoss, SoftmaxCrossEntropyLoss
void add_window_function_kernels(Kernels& kernels);       // HannWindow, HammingWindow, BlackmanWindow, MelWeightMatrix
void add_signal_kernels(Kernels& kernels);                // DFT, STFT
void add_random_kernels(Kernels& kernels);                // Random*, Bernoulli, Dropout
void add_ngram_kernels(Kernels& kernels);                 // TfIdfVectorizer
void add_vector_norm_kernels(Kernels& kernels);           // LpNormalization, MeanVarianceNormalization
void add_batch_normalization_kernels(Kernels& kernels);   // BatchNormalization
void add_image_kernels(Kernels& kernels);                 // Col2Im, CenterCropPad, AffineGrid
void add_conversion_kernels(Kernels& kernels);            // Cast
void add_reduction_kernels(Kernels& kernels);             // Reduce*, ArgMax, ArgMin
void add_normalisation_kernels(Kernels& kernels);         // Softmax, LRN, {Layer,Batch,Instance,Group}Normalization
void add_convolution_kernels(Kernels& kernels);           // Conv, ConvTranspose
void add_deformed_convolution_kernels(Kernels& kernels);  // DeformConv
void add_pooling_kernels(Kernels& kernels);               // MaxPool, AveragePool, LpPool, Global*Pool, MaxUnpool
void add_quantize_kernels(Kernels& kernels);              // QuantizeLinear, DequantizeLinear, DynamicQuantizeLinear
void add_integer_layer_kernels(Kernels& kernels);         // ConvInteger, MatMulInteger, QLinearConv, QLinearMatMul
void add_resize_kernels(Kernels& kernels);                // Resize
void add_recurrent_kernels(Kernels& kernels);             // LSTM, GRU, RNN
void add_grid_sample_kernels(Kernels& kernels);           // GridSample
void add_detection_kernels(Kernels& kernels);             // RoiAlign, MaxRoiPool, NonMaxSuppression
void add_matrix_kernels(Kernels& kernels);                // MatMul, Gemm, Einsum

}  // namespace quantrail
