#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ort_peer.h"
#include "prepared.h"
#include "report.h"

namespace quantrail::bench {

/// The float or the int8 version of a network, the latter also as it comes from a file.
struct Form {
  std::string name{};
  const Graph* graph = nullptr;
  const Quantization* quantization = nullptr;  ///< null: as the graph says
  std::filesystem::path file{};
  double goal = 0.0;
  double least_sqnr_db = 0.0;  ///< against ONNX Runtime on the same file, below which a timing would mean nothing
};

/// float, int8, and "imported": the int8 file, read as another tool's would be.
[[nodiscard]] std::vector<Form> forms_of(const Prepared& network);

/// How both sides are timed.
struct Timing {
  std::optional<OrtPeer>& peer;  ///< empty when there is none
  std::size_t rounds = 15;
  double round_ms = 150.0;  ///< what each side runs for in a round, about
};

/// What all measurements of one network share.
struct Subject : Timing {
  const Prepared& network;
};

// Each gives rows; those of a peer only where there is one. Errors: Backend, and what Plan::build gives.

/// Compares the outputs for eight samples with the peer's, and says how close they are. Errors: Backend when they are
/// too far apart.
[[nodiscard]] Status check_answers(const Subject& subject, const Form& form);

/// Milliseconds per sample. `batch` must be a multiple of `threads`, or 1.
[[nodiscard]] Result<Row> measured_speed(const Subject& subject, const Form& form, std::size_t batch,
                                         std::size_t threads);

/// Milliseconds until a plan can run: the first of a process, and, for int8, one that reverts one group more than what
/// is there, as a search builds them. The peer has to create a session either way.
[[nodiscard]] Result<std::vector<Row>> measured_building(const Subject& subject, const Form& form);

/// How many times one thread's throughput two threads reach on 32 samples, alone and beside a process that keeps one
/// of two processors busy.
[[nodiscard]] Result<std::vector<Row>> measured_scaling(const Subject& subject, const Form& form);

/// MiB that this process needed at its peak to load, compile and run the network; meant for a process of its own.
[[nodiscard]] Result<Row> measured_own_memory(const Prepared& network, const Form& form, std::size_t batch);
/// The same of a fresh process of the peer.
[[nodiscard]] Result<double> peer_memory(const Prepared& network, const Form& form, std::size_t batch,
                                         const std::filesystem::path& scratch);

/// "resnet50 int8, what".
[[nodiscard]] std::string case_name(const Subject& subject, const Form& form, std::string_view what);

}  // namespace quantrail::bench
