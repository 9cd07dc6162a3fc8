#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "model/expansion.h"

namespace quantrail {

using Expanded = Result<std::vector<Node>>;

/// How an operator is written as others.
struct Expander {
  Expanded (*expand)(Expansion&) = nullptr;
  std::size_t least_inputs = 1;  ///< the first so many inputs must be there
  std::size_t most_outputs = 1;
};

/// By operator, the domain in front where it is not ONNX's own.
using Expanders = std::map<std::string, Expander, std::less<>>;

void add_code_expanders(Expanders& expanders);           // ONNX Runtime's operators on codes
void add_activation_expanders(Expanders& expanders);     // Swish, Gelus
void add_normalisation_expanders(Expanders& expanders);  // RMSNormalization and its like
void add_attention_expanders(Expanders& expanders);      // Attention
void add_position_expanders(Expanders& expanders);       // RotaryEmbedding, TensorScatter

inline constexpr std::string_view kForeignDomain = "com.microsoft";
/// What an operator of ONNX Runtime's own domain is called in a Graph until it is expanded.
[[nodiscard]] std::string foreign(std::string_view op);
/// Whether that is an operator of its domain that expand_operators() knows.
[[nodiscard]] bool is_known_foreign(std::string_view op);

/// Operators of ONNX Runtime's own domain, and those of ONNX's own that are short for several others, become these.
/// Errors: Unsupported, naming the node, for forms that have no equivalent; InvalidInput.
[[nodiscard]] Result<Graph> expand_operators(Graph graph);

}  // namespace quantrail
