#pragma once

namespace quantrail {

/// While it lives, OpenMP code started by the calling thread (oneDNN's primitives, and what they are compiled for) uses
/// that thread alone: samples are spread over threads, never one sample's loops.
class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace quantrail
