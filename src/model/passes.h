#pragma once

#include <optional>
#include <set>
#include <string>

#include "base/error.h"
#include "model/fresh_names.h"
#include "model/graph.h"
#include "model/probe.h"

/// The steps of canonicalised(), in the order in which they run. Each takes a well-formed graph and leaves one.
namespace quantrail {

/// Every float16 and bfloat16 inside becomes float32, so that all that follows knows one width: constants, Casts, and
/// what comes of them. Inputs and outputs that are declared in 16 bits stay so, behind one Cast each. Results are those
/// of rounding less often.
void widen_halves(Graph& graph);
/// Casts to the type that they read go, widen_halves() leaves some.
void remove_same_casts(Graph& graph, const Probe& probe);
/// Identity, and Dropout, which does nothing at inference: readers read what they read.
void remove_identities(Graph& graph);
/// What becomes of a DequantizeLinear of constants: its scales say what runs in integers.
enum class StoredCodesStay { No, Yes };
/// CastLike is a Cast to the type that it names, which folding can then do without the value.
void name_cast_types(Graph& graph);
/// A Sum of two is an Add, a Sum of one an Identity.
void name_sums(Graph& graph);
/// Nodes with constant inputs become constants. Errors: what an operator says about its values.
[[nodiscard]] Status fold_constants(Graph& graph, StoredCodesStay stored);
/// alpha, beta and the form of the bias of each Gemm with constants: alpha = beta = 1, bias [N].
void normalise_gemms(Graph& graph);
/// An Einsum of two float32 operands that is a product of matrices becomes a MatMul, with Transpose and Reshape around
/// it; others stay. Returns whether there was any Einsum.
bool multiply_einsums(Graph& graph);
/// MatMul of rank 2 with a constant matrix, and the Add of a constant vector behind it, become one Gemm.
void fuse_matmul_add(Graph& graph, const Probe& probe);
/// BatchNormalization, and Mul, Div, Add and Sub by constants per channel, go into the Conv, ConvTranspose or Gemm
/// before them. In double precision; results are float32.
void fold_channel_scales(Graph& graph);
/// What is left of BatchNormalization becomes a Mul and an Add with constants [C,1,1].
void lower_batch_normalizations(Graph& graph, const Probe& probe);
/// ReduceMean over all spatial axes becomes GlobalAveragePool (and a Flatten where the axes are dropped).
void pool_spatial_means(Graph& graph, const Probe& probe);
/// A Resize, Pad or CenterCropPad of some axes becomes one of all, an AveragePool says nothing of dilations of 1,
/// and a pool nothing of ceil_mode where that adds no window but in ONNX's shape inference. (ONNX Runtime reads such
/// axes in an order of axes that it has changed itself, once the layers around are in integers, and its integer pool
/// knows no dilations.)
void spell_out_axes(Graph& graph, const Probe& probe);
/// Zero padding directly before a Conv becomes the Conv's own.
void merge_pads(Graph& graph);
/// A chain of Relu and Clip (constant bounds) becomes one of them: it fuses with the layer before it, and ONNX Runtime
/// refuses some quantized models with two in a row ("two nodes with same node name").
void merge_clamps(Graph& graph);
/// A Relu or Clip of other elements than float32 behind an Add or a product becomes Max and Min, so that what is left
/// is the activation of a layer, which may go into its kernel.
void spell_out_other_clamps(Graph& graph, const Probe& probe);

/// The rank of a value; nothing when it is not known.
[[nodiscard]] std::optional<std::size_t> rank_of(const Probe& probe, const std::string& value);
/// Its element type, likewise.
[[nodiscard]] std::optional<ElementType> type_of(const Probe& probe, const std::string& value);

/// Names that a pass may give to new values and nodes, which may be called like each other.
class Names {
 public:
  explicit Names(const Graph& graph);
  [[nodiscard]] std::string value(const std::string& wanted) { return values_.like(wanted); }
  [[nodiscard]] std::string node(const std::string& wanted) { return nodes_.like(wanted); }

 private:
  FreshNames values_{};
  FreshNames nodes_{};
};

/// Every node that reads `from` reads `to`.
void rename_reads(Graph& graph, const std::string& from, const std::string& to);

/// Notes that `by` now does the work of `node` too.
void absorb(Node& by, const Node& node);

/// The only reader of the only result of node `at`, when that is no graph output; nothing otherwise.
[[nodiscard]] std::optional<std::size_t> sole_reader(const Graph& graph, const GraphIndex& index, std::size_t at);

/// Removes the nodes at the given positions.
void erase_nodes(Graph& graph, const std::set<std::size_t>& positions);

}  // namespace quantrail
