"""From a performance, or a recording, to stems: rendered, and refined where that is asked for."""
