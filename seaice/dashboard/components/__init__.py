"""Elements that Streamlit does not offer."""
