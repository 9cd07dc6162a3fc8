#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "model/infer.h"
#include "runtime/conversion.h"
#include "runtime/plan_cache.h"
#include "runtime/processor.h"
#include "runtime/program.h"
#include "runtime/units.h"

namespace quantrail {

/// Grows a Program: keeps track of which value exists where in which form, and converts on demand, once for each form.
class Builder {
 public:
  struct Context {
    const ShapedModel& shaped;
    const UnitPlan& plan;
    const std::set<std::string, std::less<>>& taps;  ///< values that must survive until the end of a run
    const Quantization* quantization = nullptr;      ///< null: none
    std::int64_t quantization_number = 0;            ///< PlanCache::State::number_of(quantization)
    Processor processor{};
    std::size_t threads = 1;  ///< inside operators
    PlanCache::State& cache;
  };
  explicit Builder(const Context& context);

  [[nodiscard]] const Context& context() const { return context_; }
  [[nodiscard]] const Graph& graph() const { return context_.shaped.specialised.graph; }
  [[nodiscard]] const TensorType& type(const std::string& value) const;
  [[nodiscard]] const Shape& shape(const std::string& value) const { return type(value).shape; }
  [[nodiscard]] bool is_constant(const std::string& value) const { return graph().constants.contains(value); }
  /// Null when `value` has no Q/DQ point.
  [[nodiscard]] const ActivationParams* params(const std::string& value) const;

  /// Where `value` is in `form`; adds conversion steps where it is not there yet. The layout is ignored where it makes
  /// no difference. Errors: Unsupported for codes of a value that has none.
  [[nodiscard]] Result<StorageId> read(const std::string& value, Form form);
  /// The layout in which `value` exists (channels-last wins); Plain for constants.
  [[nodiscard]] Layout layout(const std::string& value) const;
  /// Room for a result.
  [[nodiscard]] StorageId write(const std::string& value, Form form);
  /// `value` in `form` is what `storage` holds.
  void place(const std::string& value, Form form, StorageId storage);
  /// Storage for something that is no value of the graph.
  [[nodiscard]] StorageId temporary(std::size_t bytes);
  [[nodiscard]] StorageId constant(TensorPtr tensor);
  /// Whether nobody needs the content of `storage` once the units before `position` and the node `last` have run.
  [[nodiscard]] bool dies(StorageId storage, std::size_t position, std::size_t last);

  /// `step.identity`: what is computed; how the results are stored comes on top here.
  void add(Step step);
  void keep(StorageId storage) { program_.storages[storage].kept = true; }
  [[nodiscard]] std::size_t bytes(StorageId storage) const { return program_.storages[storage].bytes; }
  [[nodiscard]] Program take() { return std::move(program_); }

 private:
  [[nodiscard]] Form normal(const std::string& value, Form form) const;
  [[nodiscard]] std::optional<Form> source_for(const std::string& value, Form form) const;
  [[nodiscard]] StorageId convert(const std::string& value, Form from, Form to);
  [[nodiscard]] StorageId convert_constant(const Conversion& conversion, StorageId from);

  Context context_;
  Program program_{};
  std::map<std::string, std::map<Form, StorageId>, std::less<>> forms_{};
  std::map<StorageId, std::set<std::string>> tenants_{};  ///< values that live in a storage
  std::map<StorageId, Digest> first_forms_{};             ///< of the first value in a storage, and which one it is
};

}  // namespace quantrail
